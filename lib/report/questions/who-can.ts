import type { EnvironmentReport, Reach, ServiceReport, TableReport } from "../model";
import { counted, shownVerb } from "../words";

/** Tables that a name may mean: `invoices`, `shop.invoices`, `public.invoices` or `shop.public.invoices`. */
export function tablesNamed({ tables }: EnvironmentReport, name: string): TableReport[] {
  return tables.filter(({ scope, ...table }) => scope === "table" && namesOf(table).includes(name));
}

/** Entries that stand for many tables, and may be about a table of that name. */
export function coveringTables({ tables }: EnvironmentReport, name: string): TableReport[] {
  const qualifiers = name.split(".").slice(0, -1);
  return tables.filter(
    ({ scope, database, schema }) =>
      scope !== "table" &&
      qualifiers.every((each) => each === database || schema === null || each === schema),
  );
}

function namesOf({ database, schema, table }: Pick<TableReport, "database" | "schema" | "table">): string[] {
  const qualified = schema === null ? [] : [`${schema}.${table}`, `${database}.${schema}.${table}`];
  return [table, `${database}.${table}`, ...qualified];
}

/** Who may do something with a table, and how. */
export function whoCan(report: EnvironmentReport, verb: string, name: string): string {
  const named = tablesNamed(report, name);
  const shown = named.length === 1 ? named.map(({ id }) => id).join() : name;
  const holders = [...named, ...coveringTables(report, name)].flatMap((table) =>
    table.reachedBy
      .filter(({ verbs }) => verbs.some((each) => each.verb === verb))
      .map((reach) => ({ table, reach })),
  );
  const services = new Set(holders.map(({ reach }) => reach.service ?? reach.login));
  const head = `${verb} on ${shown} in ${report.name}: ${holders.length === 0 ? "nobody" : counted(services.size, "holder")}`;
  const grantors = [
    ...new Set([
      ...named.flatMap((table) => table.grantors.map(({ who, how }) => `  ${who}: ${how}`)),
      ...coveringTables(report, name).flatMap(({ id, scope, grantors: own }) =>
        scope === "owner" ? own.map(({ who, how }) => `  ${who}: ${how}, if it is one of ${id}`) : [],
      ),
    ]),
  ];
  return [
    head,
    ...holders.map(({ table, reach }) => holderLine(verb, table, reach)),
    ...(grantors.length > 0 ? ["", "who can grant it:", ...grantors] : []),
    ...doubts(report),
  ].join("\n");
}

function holderLine(verb: string, table: TableReport, reach: Reach): string {
  const verbs = reach.verbs.filter((each) => each.verb === verb).map(shownVerb);
  const scope = table.scope === "table" ? "" : ` on ${table.id}`;
  const how = reach.how === "uses" ? "" : ", which its login opens and no pod asks for";
  const via = reach.via === null ? "" : ` through ${reach.via}`;
  return `  ${reach.service ?? "no service"}: ${verbs.join(", ")}${scope}${via}, by ${reach.credsPath} and ${reach.login}${how}${reach.certainty === "yes" ? "" : " (depends on a value that only an apply knows)"}`;
}

/** Whether some of its pods take a password of before. */
export function livesOnStatic({ workloads }: ServiceReport): boolean {
  return workloads.some(({ credentials }) => credentials === "static");
}

/** What may be missing in an answer. */
export function doubts({ services, unknowns, failures }: EnvironmentReport): string[] {
  const unread = services.flatMap(({ id, accesses }) =>
    accesses.flatMap(({ role }) => (role?.unread ?? []).map((text) => `${id}: ${text}`)),
  );
  const all = [
    ...unread,
    ...services
      .filter(livesOnStatic)
      .map(
        ({ id }) => `${id} lives on a password that never changes, and nobody says here what its user may do`,
      ),
    ...unknowns.map(({ place, argument }) => `${place.address}: ${argument} is known only at apply`),
    ...failures.map(({ file, message }) => `${file} could not be read: ${message}`),
  ];
  return all.length === 0
    ? []
    : ["", "what this answer does not know:", ...[...new Set(all)].map((each) => `  ${each}`)];
}
