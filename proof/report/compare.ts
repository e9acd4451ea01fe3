import { duration } from "../rules/words";
import type { AccessReport, Comparison, Difference, EnvironmentReport, ServiceReport } from "./model";
import { certain, isNotKnown } from "./answer";
import { byText, counted, shownVerb, tableId } from "./words";

/** Where services of two environments differ; a service is the same by its name. */
export function compare(left: EnvironmentReport, right: EnvironmentReport): Comparison {
  const names = [...new Set([...left.services, ...right.services].map(({ name }) => name))].sort(byText);
  const doubts = [left, right].flatMap(({ name, doubts: own, readWhole }) => [
    ...(readWhole.value === "yes" ? [] : [`${name}: ${readWhole.reason}`]),
    ...own.map(({ service, text }) => `${name}: ${service === null ? "" : `${service} `}${text}`),
  ]);
  const named = (environment: EnvironmentReport, name: string) =>
    environment.services.find((each) => each.name === name);
  return {
    left: left.name,
    right: right.name,
    whole: certain(doubts),
    differences: names.flatMap((name) => differencesOf(name, named(left, name), named(right, name))),
  };
}

function differencesOf(
  service: string,
  left: ServiceReport | undefined,
  right: ServiceReport | undefined,
): Difference[] {
  if (left === undefined || right === undefined) {
    const has = (side: ServiceReport | undefined) => (side === undefined ? "none" : "has it");
    return [{ service, aspect: "service", left: has(left), right: has(right) }];
  }
  return ASPECTS.flatMap(([aspect, show]) => {
    const [a, b] = [show(left), show(right)];
    return a === b ? [] : [{ service, aspect, left: a, right: b }];
  });
}

const ASPECTS: readonly (readonly [Difference["aspect"], (service: ServiceReport) => string])[] = [
  ["grants", ({ accesses }) => lines(accesses.flatMap(grantsOf))],
  ["ttl", ({ accesses }) => lines(accesses.flatMap(ttlOf))],
  [
    "login",
    ({ accesses }) =>
      lines(
        accesses.flatMap(({ name, login }) =>
          login
            ? [
                `${name}: audience ${login.audience ?? "none"}, ServiceAccounts ${login.serviceAccounts.join(", ")} in ${login.namespaces.join(", ")}`,
              ]
            : [],
        ),
      ),
  ],
  ["migration", ({ migration }) => migration.stage],
  [
    "pods",
    ({ workloads }) =>
      lines(
        workloads.map(
          ({ kind, replicas, injection }) =>
            `${kind}, ${replicas === null ? "pods not known" : counted(replicas, "pod")}, ${injection}`,
        ),
      ),
  ],
];

function grantsOf({ privileges }: AccessReport): string[] {
  return privileges.map(
    (privilege) =>
      `${shownVerb(privilege)} on ${tableId(privilege)}${isNotKnown(privilege.holds) ? " (not known)" : ""}`,
  );
}

function ttlOf({ name, timeline }: AccessReport): string[] {
  if (isNotKnown(timeline)) return [`${name}: not known`];
  const { defaultTtl, maxTtl } = timeline.numbers;
  return [`${name}: ${duration(defaultTtl.value)}, at most ${duration(maxTtl.value)}`];
}

function lines(texts: readonly string[]): string {
  return [...new Set(texts)].sort(byText).join("; ") || "none";
}
