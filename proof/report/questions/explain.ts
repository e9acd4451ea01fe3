import type { AccessReport, EnvironmentReport, Hop, Privilege, ServiceReport } from "../model";
import { groupedBy, shownPlace, shownVerb, tableId } from "../words";
import { doubts } from "./who-can";

/** What is asked about a service: a table, and a verb on it; the whole where neither is given. */
export interface ExplainQuestion {
  readonly table?: string;
  readonly verb?: string;
}

/** How a service comes to what it may do, each hop with its file, its resource and its statement. */
export function explain(
  report: EnvironmentReport,
  service: ServiceReport,
  question: ExplainQuestion,
): string {
  const ways = service.accesses.map((access) => ({
    access,
    asked: access.privileges.filter((each) => isAsked(each, question)),
  }));
  const about = ways.filter(({ asked }) => question.table === undefined || asked.length > 0);
  const answer =
    about.length === 0
      ? [refusal(service, question)]
      : about.flatMap(({ access, asked }) => wayLines(service, access, asked, question));
  return [...answer, ...doubts(report)].join("\n");
}

export function isAsked({ verb, ...privilege }: Privilege, question: ExplainQuestion): boolean {
  if (question.verb !== undefined && verb !== question.verb) return false;
  return (
    question.table === undefined ||
    names(privilege).includes(question.table) ||
    (privilege.scope !== "table" && !privilege.except.includes(question.table.split(".").at(-1) ?? ""))
  );
}

function shownHeld(privilege: Privilege): string {
  return `${shownVerb(privilege)}${privilege.holds.value === "yes" ? "" : ` (not known: ${privilege.holds.reason})`}`;
}

function names({ database, schema, table }: Pick<Privilege, "database" | "schema" | "table">): string[] {
  return [
    table,
    `${database}.${table}`,
    ...(schema === null ? [] : [`${schema}.${table}`, `${database}.${schema}.${table}`]),
  ];
}

function refusal(
  { id, accesses, whole }: ServiceReport,
  { table = "a table", verb = "reach" }: ExplainQuestion,
): string {
  const own = accesses.flatMap(({ privileges }) => privileges.filter((each) => names(each).includes(table)));
  const may = own.length === 0 ? "it has no privilege on it" : `it may ${own.map(shownVerb).join(", ")}`;
  return whole.value === "yes"
    ? `${id} may not ${verb} ${table}: ${may}`
    : `whether ${id} may ${verb} ${table} is not known: ${whole.reason}`;
}

function wayLines(
  { id }: ServiceReport,
  access: AccessReport,
  asked: readonly Privilege[],
  question: ExplainQuestion,
): string[] {
  const statements = new Set(asked.map(({ statement }) => statement));
  const hops = access.hops.flatMap((hop) => restricted(hop, statements, question));
  const byTable = groupedBy(asked, tableId);
  const may = [...byTable].map(([table, own]) => `${own.map(shownHeld).join(", ")} on ${table}`);
  const nothing =
    access.whole.value === "yes" ? "log in and nothing else" : `do what is not known: ${access.whole.reason}`;
  const verdict = {
    no: `does not reach ${access.name}: ${access.missing.join("; ")}`,
    yes: `may ${may.join("; ") || nothing}`,
    "not-known": `may ${may.join("; ") || nothing}, if it reaches ${access.name}, which is not known${access.reaches.value === "not-known" ? `: ${access.reaches.reason}` : ""}`,
  }[access.reaches.value];
  return [`${id} ${verdict}${broughtBy(access)}`, ...hops.flatMap((hop, index) => hopLines(hop, index + 1))];
}

/** Whether the agents bring it what it may have. */
function broughtBy({ delivered, reaches }: AccessReport): string {
  if (reaches.value === "no" || delivered.value === "yes") return "";
  return delivered.value === "no"
    ? "; but no agent brings its pods the credentials"
    : `; whether an agent brings its pods the credentials is not known: ${delivered.reason}`;
}

/** Of the grants, only what was asked about. */
function restricted(hop: Hop, statements: ReadonlySet<string>, { table }: ExplainQuestion): Hop[] {
  const isGrant = hop.kind === "grant" || (hop.kind === "group-role" && hop.place !== null);
  if (!isGrant || table === undefined) return [hop];
  const own = hop.statements.filter((each) => statements.has(each));
  if (own.length === 0) return [];
  return [
    {
      ...hop,
      text:
        hop.kind === "grant"
          ? "the user itself is granted"
          : `the group role ${hop.place?.address} is granted`,
      statements: own,
    },
  ];
}

function hopLines({ text, place, statements }: Hop, number: number): string[] {
  return [
    `${String(number).padStart(2)}. ${text}`,
    `    ${place === null ? "stands in no file that was read" : shownPlace(place)}`,
    ...statements.flatMap((statement) => statement.split("\n").map((line) => `      ${line}`)),
  ];
}
