import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { strict } from "../../lib/environment/guardrails";
import { render } from "../../lib/synth/render";
import { prove } from "../../lib/synth/prove";
import { nextStage, standing } from "../../lib/migration";
import { type AccessReports } from "../../proof/report";
import { production } from "../../template/project/stacks/production";
import { environmentWith } from "../support/environment";
import { RenderedEnvironments } from "../support/rules-mutations";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readAs } from "../support/report-pages";

const REASON = "a vendor's image that reads its password at the start";
const [orders] = production.services as [EnvironmentService];
const staying = (until: string, reason = REASON): Environment =>
  environmentWith({
    guardrails: { ...strict, parity: "any" },
    services: [
      {
        ...orders,
        migration: {
          stage: "static",
          stays: { reason, until },
          credentials: [
            {
              database: "shop",
              user: "orders",
              secret: "orders-db",
              as: { kind: "env", variables: { PGUSER: "user", PGPASSWORD: "password" } },
            },
          ],
        },
      },
    ],
  });
const environment = staying("2999-12-31");

async function foundOn(today: string, judged: Environment): Promise<string[]> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-debt-"));
  try {
    render([judged], directory);
    const { findings } = await prove([judged], { directory, today });
    return findings.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

const DEBT = `warning migration/static-credentials: the pods of "orders" take their password from "orders-db", at the stage "static", and stay on it until 2027-06-30: ${REASON}`;

test("a service may stay until its day, told at every synth, and is refused on the day after", async () => {
  const judged = staying("2027-06-30");
  expect(await foundOn("2026-11-28", judged)).toEqual([DEBT]);
  expect(await foundOn("2027-06-30", judged)).toEqual([DEBT]);
  expect(await foundOn("2027-07-01", judged)).toEqual([
    `error migration/static-past-its-day: "orders" was to stay on its static password until 2027-06-30: ${JSON.stringify(REASON)}`,
    DEBT,
  ]);
});

test("a day that there is not, and a reason that is none, are refused with the declaration", () => {
  expect(configurationProblems([staying("2027-02-30", "so")]).map(({ property }) => property)).toEqual([
    "migration.stays.reason",
    "migration.stays.until",
  ]);
});

describe("every report", () => {
  const reports = (): Promise<AccessReports> =>
    new RenderedEnvironments([environment]).reportAfter(environment, () => {});

  test.each(["json", "md", "html", "csv"] as const)(
    "tells the debt as %s, and no tables that are none",
    async (format) => {
      const text = readAs(await reports(), format).replaceAll("&#39;", "'");
      expect(text).toContain("2999-12-31");
      expect(text).toContain(REASON);
      expect(text).not.toContain("0 tables<");
    },
  );

  test("says that what the service may do is not known", async () => {
    const [{ services }] = (await reports()).environments as [AccessReports["environments"][number]];
    expect(services[0]).toMatchObject({
      whole: { value: "not-known" },
      migration: { stage: "static", stays: { reason: REASON, until: "2999-12-31" } },
    });
  });
});

test("the way on is as open as before, and leaves the debt behind", () => {
  const [service] = environment.services as [EnvironmentService];
  expect(nextStage(service)).not.toHaveProperty("stays");
  expect(standing("production", service, []).text).toContain(
    `it stays on its static password until 2999-12-31: ${REASON}`,
  );
});
