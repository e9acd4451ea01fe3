import { duration } from "../rules/words";
import { mermaid } from "./mermaid";
import type { AccessReports, BudgetReport, Comparison, EnvironmentReport, ServiceReport } from "./model";

/** The report for a pull request: the matrix, the services, a graph, the budget, and what was found. */
export function renderMarkdown({ environments, comparisons }: AccessReports): string {
  const parts = [
    "# Who may reach which table",
    ...environments.flatMap(environmentPart),
    ...comparisons.flatMap(comparisonPart),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function environmentPart(report: EnvironmentReport): string[] {
  return [
    `## ${report.name}`,
    matrixTable(report),
    ...(report.matrix.cells.some(({ how }) => how === "could")
      ? ["In brackets: a login opens it, and no pod asks for it."]
      : []),
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
    `Guardrails: ${report.guardrails.map(({ guardrail, asked, met }) => `${guardrail} (${asked}) ${MET[met]}`).join(", ")}.`,
    ...stateLines(report),
    ...findingLines(report),
  ];
}

const MET = {
  yes: "met",
  no: "**not met**",
  waived: "waived",
  "not-asked": "not asked for",
  "not-judged": "not judged",
} as const;

function matrixTable({ matrix, services }: EnvironmentReport): string {
  if (matrix.tables.length === 0) return "No service reaches a table, as far as the configuration says.";
  const cell = (service: string, id: string) =>
    matrix.cells
      .filter((each) => each.service === service && each.table === id)
      .map(({ verbs, how }) => (how === "uses" ? verbs.join(", ") : `(${verbs.join(", ")})`))
      .join(" ");
  return table(
    ["table", ...shortNames(services)],
    matrix.tables.map((id) => [code(id), ...matrix.services.map((service) => cell(service, id))]),
  );
}

/** Names where they are different, else with their namespaces. */
function shortNames(services: readonly ServiceReport[]): string[] {
  const names = services.map(({ name }) => name);
  return services.map(({ id, name }) => (names.filter((each) => each === name).length === 1 ? name : id));
}

function serviceRows({ id, migration, accesses }: ServiceReport): string[][] {
  const stage = migration.canary
    ? `${migration.stage} (${migration.canary.dynamic} of ${migration.canary.static + migration.canary.dynamic} pods)`
    : migration.stage;
  if (accesses.length === 0) return [[id, stage, "none", "", "", "", ""]];
  return accesses.map(({ credsPath, timeline }) => {
    const numbers = timeline?.numbers;
    const time = (value: number | undefined) => (value === undefined ? "" : duration(value));
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
      reaches === "no" ? [`**${id} does not reach ${name}**: ${missing.join("; ")}.`] : [],
    ),
    ...accesses.flatMap(({ role, name }) =>
      (role?.unread ?? []).map((text) => `What ${id} may do in ${name} is not known whole: ${text}.`),
    ),
    ...(opensBesides.length > 0 ? [`**${id} could also read** ${opensBesides.map(code).join(", ")}.`] : []),
  ];
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
  const none = "State: no secret, as far as the rules see.";
  return [state.secrets === "none" ? none : "State: **a secret may stand in it**, see the findings."];
}

function findingLines({ findings, failures, unknowns }: EnvironmentReport): string[] {
  const found = findings.map(({ rule, severity, resource, message, waived }) => [
    waived === null ? severity : "waived",
    rule,
    code(resource),
    waived === null ? message : `${message} (accepted: ${waived})`,
  ]);
  return [
    found.length === 0 ? "Findings: none." : table(["", "rule", "resource", "what"], found),
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

function comparisonPart({ left, right, differences }: Comparison): string[] {
  const rows = differences.map((each) => [each.service, each.aspect, each.left, each.right]);
  return [
    `## ${left} beside ${right}`,
    rows.length === 0 ? "No service differs." : table(["service", "", left, right], rows),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((each) => each.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}
