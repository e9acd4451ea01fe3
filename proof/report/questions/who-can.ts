import { ownValue } from "../../access";
import { NO, notKnown, YES, type Answer } from "../answer";
import { shownDoubt } from "../doubts";
import type { EnvironmentReport, Reach, ServiceReport, TableReport } from "../model";
import { counted, shownVerb } from "../words";

/**
 * Tables that a name may mean: `invoices`, `shop.invoices`, `public.invoices` or `shop.public.invoices`; in the same
 * way sequences, functions with the types of their arguments, and databases.
 */
export function tablesNamed({ tables, objects }: EnvironmentReport, name: string): TableReport[] {
  return [...tables, ...objects].filter(
    ({ scope, ...table }) => scope === "table" && namesOf(table).includes(name),
  );
}

/** Entries that stand for many tables, and may be about a table of that name. */
export function coveringTables({ tables, objects }: EnvironmentReport, name: string): TableReport[] {
  const qualifiers = name.replace(/\(.*/s, "").split(".").slice(0, -1);
  return [...tables, ...objects].filter(
    ({ scope, database, schema }) =>
      scope !== "table" &&
      qualifiers.every((each) => each === database || schema === null || each === schema),
  );
}

function namesOf({ database, schema, table }: Pick<TableReport, "database" | "schema" | "table">): string[] {
  const qualified = schema === null ? [] : [`${schema}.${table}`, `${database}.${schema}.${table}`];
  return [table, `${database}.${table}`, ...qualified];
}

/** Somebody who may do it. */
export interface Holder {
  readonly table: TableReport;
  readonly reach: Reach;
}

/** Whether anybody may do something with a table: `no` only where nothing is in doubt about anybody. */
export function holdersOf(
  report: EnvironmentReport,
  verb: string,
  name: string,
): { readonly holders: readonly Holder[]; readonly anybody: Answer } {
  const tables = [...tablesNamed(report, name), ...coveringTables(report, name)];
  const bare = name.split(".").at(-1) ?? name;
  const holders = tables.flatMap((table) =>
    table.reachedBy
      .filter(({ verbs }) => verbs.some((each) => each.verb === verb && !each.except.includes(bare)))
      .map((reach) => ({ table, reach })),
  );
  const certainly = holders.some(({ reach }) => reach.holds.value === "yes");
  const reasons = [
    ...(ownValue(OF_EVERYBODY, verb) ?? []).map((each) => `${each}, and what was read does not say`),
    ...holders.flatMap(({ reach }) => (reach.holds.value === "yes" ? [] : [reach.holds.reason])),
    ...report.doubts.map(shownDoubt),
  ];
  const otherwise = reasons.length === 0 ? NO : notKnown([...new Set(reasons)].join("; "));
  return { holders, anybody: certainly ? YES : otherwise };
}

/** What PostgreSQL lets everybody do until somebody revokes it, which no declaration does. */
const OF_EVERYBODY: Readonly<Record<string, readonly string[]>> = {
  EXECUTE: ["everybody who connects may, unless EXECUTE on the function was revoked from PUBLIC"],
  TEMPORARY: ["everybody who connects may, unless TEMPORARY on the database was revoked from PUBLIC"],
};

/** Who may do something with a table, and how. */
export function whoCan(report: EnvironmentReport, verb: string, name: string): string {
  const named = tablesNamed(report, name);
  const shown = named.length === 1 ? named.map(({ id }) => id).join() : name;
  const { holders, anybody } = holdersOf(report, verb, name);
  const sure = holders.filter(({ reach }) => reach.holds.value === "yes");
  const services = new Set(sure.map(({ reach }) => reach.service ?? reach.login));
  const answer = {
    yes: counted(services.size, "holder"),
    no: "nobody",
    "not-known": `not known, ${holders.length === 0 ? "and nobody who certainly may" : "for it depends on what is told below"}`,
  }[anybody.value];
  const grantors = grantorsOf(report, name).map((each) => `  ${each}`);
  return [
    `${verb} on ${shown} in ${report.name}: ${answer}`,
    ...(holders.some(({ reach }) => reach.via === "PUBLIC")
      ? ["  everybody who connects, through PUBLIC"]
      : []),
    ...holders.map(({ table, reach }) => holderLine(verb, table, reach)),
    ...(anybody.value === "yes" ? (ownValue(OF_EVERYBODY, verb) ?? []).map((each) => `  ${each}`) : []),
    ...(verb === "EXECUTE"
      ? ["  a function that is SECURITY DEFINER does what its owner may, whoever calls it"]
      : []),
    ...(grantors.length > 0 ? ["", "who can grant it:", ...grantors] : []),
    ...doubts(report),
  ].join("\n");
}

/** The same for machines. */
export function whoCanInJson(report: EnvironmentReport, verb: string, name: string): string {
  const { holders, anybody } = holdersOf(report, verb, name);
  return JSON.stringify(
    {
      environment: report.name,
      verb,
      table: name,
      anybody,
      holders: holders.map(({ table, reach }) => ({ table: table.id, ...reach })),
      grantors: grantorsOf(report, name),
      doubts: report.doubts,
    },
    null,
    2,
  );
}

/** Who can grant it, each once. */
function grantorsOf(report: EnvironmentReport, name: string): string[] {
  return [
    ...new Set([
      ...tablesNamed(report, name).flatMap(({ grantors }) =>
        grantors.map(({ who, how }) => `${who}: ${how}`),
      ),
      ...coveringTables(report, name).flatMap(({ id, scope, grantors }) =>
        scope === "owner" ? grantors.map(({ who, how }) => `${who}: ${how}, if it is one of ${id}`) : [],
      ),
    ]),
  ];
}

function holderLine(verb: string, table: TableReport, reach: Reach): string {
  const verbs = reach.verbs.filter((each) => each.verb === verb).map(shownVerb);
  const scope = table.scope === "table" ? "" : ` on ${table.id}`;
  const how = reach.how === "uses" ? "" : ", which its login opens and no pod asks for";
  const via = reach.path.length === 0 ? "" : ` through ${reach.path.join(", ")}`;
  const doubt = reach.holds.value === "yes" ? "" : ` (not known: ${reach.holds.reason})`;
  return `  ${reach.service ?? "no service"}: ${[...new Set(verbs)].join(", ")}${scope}${via}, by ${reach.credsPath} and ${reach.login}${how}${doubt}`;
}

/** Whether some of its pods take a password of before. */
export function livesOnStatic({ workloads }: ServiceReport): boolean {
  return workloads.some(({ credentials }) => credentials === "static");
}

/** What may be missing in an answer. */
export function doubts({ doubts: all }: EnvironmentReport): string[] {
  return all.length === 0
    ? []
    : ["", "what this answer does not know:", ...all.map((each) => `  ${shownDoubt(each)}`)];
}
