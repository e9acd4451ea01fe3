import { isDay } from "../../core";
import type { Rule } from "../rule";
import { show } from "../words";
import { STATIC_EXAMPLE } from "./example";
import { serviceOf, staysOf } from "./stages";

export const staticPastItsDay: Rule = {
  id: "migration/static-past-its-day",
  severity: "error",
  title: "static password that was to stay until a day which is over",
  why: "Who set an end wants the decision taken anew on that day: a debt without an end is paid by nobody.",
  example: {
    language: "yaml",
    today: "2027-07-01",
    text: STATIC_EXAMPLE.replace(
      "migration-stage: static",
      'migration-stage: static, leasehold/stays: "a vendor\'s image", leasehold/stays-until: "2027-06-30"',
    ),
  },
  *check({ workloads }, { today = "" }) {
    for (const workload of workloads) {
      const stays = staysOf(workload);
      if (stays === undefined || (isDay(stays.until) && (today === "" || today <= stays.until))) continue;
      yield {
        at: workload.origin,
        message: isDay(stays.until)
          ? `${show(serviceOf(workload))} was to stay on its static password until ${stays.until}: ${show(stays.reason)}`
          : `${show(serviceOf(workload))} stays on its static password until ${show(stays.until)}, which is no day`,
        fix: "go on with the migration, or decide anew until when it is right to stay, with the reason",
      };
    }
  },
};
