import { shownWaived } from "../rules";
import { duration } from "../rules/words";
import { isNotKnown, shownAnswer, shownSaid } from "./answer";
import { debtLines } from "./debt";
import { shownDoubt } from "./doubts";
import { code, escaped, table } from "./markdown";
import { mermaid } from "./mermaid";
import type {
  AccessReports,
  BudgetReport,
  Comparison,
  EnvironmentReport,
  GuaranteeReport,
  Reach,
  ReportedFinding,
  ServiceReport,
} from "./model";
import { peopleLines } from "./people-markdown";
import { counted, groupedBy, shownVerb, SOURCES, HELD, type Held } from "./words";

/** The report for a pull request: the matrix, the services, a graph, the budget, and what was found. */
export function renderMarkdown({ made, environments, comparisons }: AccessReports): string {
  const parts = [
    "# Who may reach which table",
    `Made: ${shownSaid(made.at)}. Commit: ${shownSaid(made.commit)}.`,
    ...environments.flatMap(environmentPart),
    ...comparisons.flatMap(comparisonPart),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function environmentPart(report: EnvironmentReport): string[] {
  return [
    `## ${report.name}`,
    `${SOURCES[report.source]} Vault: ${shownSaid(report.vault)}. Cluster: ${shownSaid(report.cluster)}.`,
    matrixTable(report),
    ...(report.matrix.cells.some(({ holds }) => isNotKnown(holds)) || report.matrix.notKnown.length > 0
      ? ["?: not known, for the reasons below."]
      : []),
    ...(report.matrix.cells.some(({ how }) => how === "could")
      ? ["In brackets: a login opens it, and no pod asks for it."]
      : []),
    ...objectLines(report),
    table(
      [
        "service",
        "stage",
        "database role",
        "credential lives",
        "renewed up to",
        "overlap",
        "Vault outage survived",
      ],
      report.services.flatMap(serviceRows),
    ),
    ...peopleLines(report),
    ...debtLines(report, table),
    ...report.services.flatMap(missingLines),
    mermaid(report),
    table(
      [
        "connection",
        "live leases: at rest, rolling restart, after an outage",
        "credentials per second",
        "connections: at rest, rolling restart, after an outage",
        "max_connections",
      ],
      report.budgets.map(budgetRow),
    ),
    `Guardrails: ${report.guardrails.map(({ guardrail, asked, met }) => `${guardrail} (${asked}) ${isNotKnown(met) ? `not known (${met.reason})` : MET[met.value]}`).join(", ")}.`,
    ...guaranteeLines(report),
    ...doubtLines(report),
    ...stateLines(report),
    ...findingLines(report),
    ...coverageLines(report),
    ...notLookedAtLines(report),
  ];
}

/** What somebody was granted beside tables; PUBLIC's own rights on them are told with what is assumed. */
function objectLines({ objects }: EnvironmentReport): string[] {
  if (objects.length === 0) return [];
  const who = ({ service, login, how, holds, verbs }: Reach) => {
    const text = `${service ?? login}: ${verbs.map(shownVerb).join(", ")}${isNotKnown(holds) ? " ?" : ""}`;
    return how === "uses" ? text : `(${text})`;
  };
  const rows = objects.map(({ object, id, reachedBy }) => [object, code(id), reachedBy.map(who).join("; ")]);
  return [table(["beside tables", "", "who may"], rows)];
}

/** Promises, with who breaks them. */
function guaranteeLines({ guarantees }: EnvironmentReport): string[] {
  if (guarantees.length === 0) return [];
  const holds = ({ holds: answer, evidence }: GuaranteeReport) =>
    answer.value === "no" ? `**no**: ${evidence.join("; ")}` : shownAnswer(answer, { yes: "yes" });
  const rows = guarantees.map((each) => [each.text, holds(each), each.reason]);
  return ["Promised, and proven on what was read:", table(["promise", "holds", "because"], rows)];
}

const MET = {
  yes: "met",
  no: "**not met**",
  waived: "waived",
  "not-asked": "not asked for",
} as const;

function matrixTable({ matrix, services, doubts }: EnvironmentReport): string {
  if (matrix.tables.length === 0)
    return doubts.length === 0
      ? "No service reaches a table."
      : "Whether a service reaches a table is not known: no table was found, and not everything was read.";
  const short = shortNames(services);
  const names = new Map(services.map(({ id }, index) => [id, short[index]]));
  const unknown = new Set(matrix.notKnown.map(({ service }) => service));
  const cells = groupedBy(matrix.cells, ({ service, table: id }) => `${service}\n${id}`);
  const cell = (service: string, id: string) => {
    const found = (cells.get(`${service}\n${id}`) ?? []).map(({ verbs, how, holds }) => {
      const text = `${verbs.join(", ")}${isNotKnown(holds) ? " ?" : ""}`;
      return how === "uses" ? text : `(${text})`;
    });
    return found.join(" ") || (unknown.has(service) ? "?" : "");
  };
  return table(
    ["table", ...matrix.services.map((id) => names.get(id) ?? id)],
    matrix.tables.map((id) => [code(id), ...matrix.services.map((service) => cell(service, id))]),
  );
}

/** Names where they are different, else with their namespaces. */
function shortNames(services: readonly ServiceReport[]): string[] {
  const named = groupedBy(services, ({ name }) => name);
  return services.map(({ id, name }) => (named.get(name)?.length === 1 ? name : id));
}

function serviceRows({ id, migration, accesses }: ServiceReport): string[][] {
  const stage = migration.canary ? `${migration.stage} (${podsOf(migration.canary)})` : migration.stage;
  if (accesses.length === 0) return [[id, stage, "none that was read", "", "", "", ""]];
  return accesses.map(({ credsPath, timeline }) => {
    const numbers = isNotKnown(timeline) ? undefined : timeline.numbers;
    const time = (value: number | undefined) => (value === undefined ? "not known" : duration(value));
    return [
      id,
      stage,
      code(credsPath ?? ""),
      time(numbers?.defaultTtl.value),
      time(numbers?.maxTtl.value),
      time(numbers?.overlap.value),
      time(numbers?.outageTolerance.value),
    ];
  });
}

function podsOf({ static: fixed, dynamic }: NonNullable<ServiceReport["migration"]["canary"]>): string {
  if (isNotKnown(fixed) || isNotKnown(dynamic)) return "how many pods is not known";
  return `${dynamic} of ${counted(fixed + dynamic, "pod")}`;
}

function missingLines({ id, accesses, opensBesides, workloads }: ServiceReport): string[] {
  return [
    ...workloads.flatMap(({ onRotation }) =>
      onRotation === null
        ? []
        : [
            `**${id} is restarted for each new user** by ${onRotation.commands.map(code).join(", ")}: ${onRotation.reason ?? "nobody says why"}.`,
          ],
    ),
    ...accesses.flatMap(({ reaches, missing, name }) =>
      reaches.value === "no" ? [`**${id} does not reach ${name}**: ${missing.join("; ")}.`] : [],
    ),
    ...accesses.flatMap(({ delivered, reaches, name }) =>
      reaches.value === "no" || delivered.value === "yes"
        ? []
        : [
            delivered.value === "no"
              ? `**No agent brings ${id} credentials for ${name}**: see the findings.`
              : `Whether an agent brings ${id} its credentials for ${name} is not known: ${delivered.reason}.`,
          ],
    ),
    ...accesses.flatMap(({ timeline, name }) =>
      isNotKnown(timeline)
        ? [`How long credentials of ${id} for ${name} live is not known: ${timeline.reason}.`]
        : [],
    ),
    ...(opensBesides.length > 0 ? [`**${id} could also read** ${opensBesides.map(code).join(", ")}.`] : []),
  ];
}

function doubtLines({ doubts, budgets }: EnvironmentReport): string[] {
  const assumed = budgets.flatMap(({ connection, holds }) =>
    isNotKnown(holds) ? [`The lease budget of ${connection} is not known whole: ${holds.reason}.`] : [],
  );
  if (doubts.length === 0) return assumed;
  return [
    ...assumed,
    [
      "Not known, so that somebody may reach more than stands here:",
      "",
      ...doubts.map((each) => `- ${escaped(shownDoubt(each))}`),
    ].join("\n"),
  ];
}

/** Last of all, what this rests on. */
function coverageLines({ coverage }: EnvironmentReport): string[] {
  return (Object.keys(HELD) as Held[])
    .filter((held) => coverage[held].length > 0)
    .map((held) => [`${HELD[held]}:`, "", ...coverage[held].map((each) => `- ${escaped(each)}`)].join("\n"));
}

function notLookedAtLines({ notLookedAt }: EnvironmentReport): string[] {
  if (notLookedAt.length === 0) return [];
  return [["Not looked at:", "", ...notLookedAt.map((each) => `- ${escaped(each)}`)].join("\n")];
}

function budgetRow({ connection, liveLeases, credentialsPerSecond, connections }: BudgetReport): string[] {
  const load = ({ atRest, atRollingRestart, afterOutage }: BudgetReport["liveLeases"]) =>
    [atRest, atRollingRestart, afterOutage].map(({ value }) => value).join(", ");
  return [
    connection,
    load(liveLeases),
    `${credentialsPerSecond.value} of ${credentialsPerSecond.limit}`,
    load(connections),
    String(connections.limit ?? "not said"),
  ];
}

function stateLines({ state }: EnvironmentReport): string[] {
  const { secrets } = state;
  if (isNotKnown(secrets)) return [`State: whether a secret stands in it is not known: ${secrets.reason}.`];
  return [
    secrets.value === "no"
      ? "State: no secret, as far as the rules see."
      : "State: **a secret may stand in it**, see the findings.",
  ];
}

function findingLines({ findings, failures, unknowns, readWhole }: EnvironmentReport): string[] {
  const none = isNotKnown(readWhole)
    ? `Findings: none in what was read, and not known beyond it: ${readWhole.reason}.`
    : "Findings: none.";
  const found = findings.map((finding) => [
    finding.waived === null ? finding.severity : "waived",
    finding.rule,
    code(finding.resource),
    finding.waived === null ? finding.message : `${finding.message} (accepted: ${acceptance(finding)})`,
  ]);
  return [
    found.length === 0 ? none : table(["", "rule", "resource", "what"], found),
    ...(failures.length > 0
      ? [`Not read: ${failures.map(({ file, message }) => `${file}: ${message}`).join("; ")}.`]
      : []),
    ...(unknowns.length > 0
      ? [
          `Known only at apply: ${unknowns.map(({ place, argument }) => code(`${place.address}.${argument}`)).join(", ")}.`,
        ]
      : []),
  ];
}

/** Why, and what of it and until when where the waiver says so. */
function acceptance(finding: ReportedFinding): string {
  const { evidence = null } = finding.waiver ?? {};
  const what = evidence === null ? "" : `; this evidence alone: ${evidence.map(code).join(", ") || "none"}`;
  return `${shownWaived(finding)}${what}`;
}

function comparisonPart({ left, right, differences, whole }: Comparison): string[] {
  const rows = differences.map((each) => [each.service, each.aspect, each.left, each.right]);
  return [
    `## ${left} beside ${right}`,
    rows.length === 0
      ? `No service differs${isNotKnown(whole) ? " in what is known" : ""}.`
      : table(["service", "", left, right], rows),
    ...(isNotKnown(whole) ? [`What else differs is not known: ${escaped(whole.reason)}.`] : []),
  ];
}
