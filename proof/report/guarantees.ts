import { known, type AccessGraph } from "../access";
import { readDatabaseUrl } from "../core";
import type { Finding } from "../rules";
import { duration, listed } from "../rules/words";
import { isNotKnown, NO, notKnown, YES, type Answer } from "./answer";
import { shownDoubt } from "./doubts";
import type { EnvironmentReport, GuaranteeReport, Privilege, Reach, TableReport } from "./model";

/** A promise that people have written down, with the names that it is about. */
export interface Promised {
  /** In one sentence without a full stop: `only billing may DELETE from shop.public.payments`. */
  readonly text: string;
  readonly reason: string;
  readonly claim: Claim;
}

export type Claim =
  /** Nobody but these services may do one of these on that. */
  | (OnTables & { readonly kind: "only"; readonly services: readonly string[] })
  /** None of these services may. */
  | (OnTables & { readonly kind: "never"; readonly services: readonly string[] })
  /** Nobody but these services acts as an owner in a database. */
  | { readonly kind: "owner"; readonly services: readonly string[]; readonly database: string }
  /** No credential that may lives longer than so many seconds. */
  | (OnTables & { readonly kind: "lifetime"; readonly longest: number })
  /** No connection leads to a database of another environment. */
  | { readonly kind: "apart"; readonly from: string };

interface OnTables {
  /** Absent: whatever may be done with a table, an owner's ALTER and DROP included. */
  readonly verbs?: readonly string[];
  readonly on: Target;
}

export interface Target {
  /** Name of the database in the environment, which is that of its connection and of several connections that of the first. */
  readonly database: string;
  /** Absent: every schema. */
  readonly schema?: string;
  /** Absent: every table. */
  readonly tables?: readonly string[];
}

/** What promises are judged on. */
export interface GuaranteeInput {
  readonly report: EnvironmentReport;
  readonly graph: AccessGraph;
  readonly others: readonly { readonly name: string; readonly graph: AccessGraph }[];
}

/** What speaks against a promise, and what nobody knows. */
interface Evidence {
  readonly broken: readonly string[];
  readonly doubts: readonly string[];
}

/** Whether each promise holds, with what breaks it; it holds only where nothing is in doubt that it is about. */
export function judgeGuarantees(promised: readonly Promised[], input: GuaranteeInput): GuaranteeReport[] {
  return promised.map(({ text, reason, claim }) => {
    const { broken, doubts } = evidenceOf(claim, input);
    return { text, reason, holds: answer(broken, doubts), evidence: [...new Set(broken)] };
  });
}

function answer(broken: readonly string[], doubts: readonly string[]): Answer {
  if (broken.length > 0) return NO;
  return doubts.length === 0 ? YES : notKnown([...new Set(doubts)].join("; "));
}

function evidenceOf(claim: Claim, input: GuaranteeInput): Evidence {
  switch (claim.kind) {
    case "only":
      return reached(claim, input.report, (service) => !claim.services.includes(service));
    case "never":
      return reached(claim, input.report, (service) => claim.services.includes(service));
    case "owner":
      return owning(claim, input.report);
    case "lifetime":
      return living(claim, input.report);
    case "apart":
      return apart(claim, input);
  }
}

/** Who may do it and must not. A login that no service uses is nobody's, and must not either. */
function reached(
  { verbs, on }: OnTables,
  report: EnvironmentReport,
  mustNot: (service: string) => boolean,
): Evidence {
  const named = new Map([...report.services, ...(report.people ?? [])].map(({ id, name }) => [id, name]));
  const isAbout = (id: string | null) => id === null || mustNot(named.get(id) ?? id);
  const found = report.tables
    .filter((table) => covers(on, table))
    .flatMap((table) =>
      table.reachedBy
        .filter(({ service }) => isAbout(service))
        .map((reach) => ({ table, reach, verbs: held(reach, verbs, on) }))
        .filter(({ verbs: own }) => own.length > 0),
    );
  return {
    broken: found.filter(({ reach }) => reach.holds.value === "yes").map(told),
    doubts: [
      ...found.flatMap(({ reach }) => (isNotKnown(reach.holds) ? [reach.holds.reason] : [])),
      ...report.doubts.filter(({ service }) => isAbout(service)).map(shownDoubt),
    ],
  };
}

function covers(on: Target, { database, schema, table, scope }: Omit<Covered, "except">): boolean {
  return (
    database === on.database &&
    (on.schema === undefined || schema === null || schema === on.schema) &&
    (on.tables === undefined || scope !== "table" || on.tables.includes(table))
  );
}

type Covered = Pick<Privilege, "database" | "schema" | "table" | "scope" | "except">;

/** The verbs of a reach that are asked about; what is excepted from all tables is not reached. */
function held({ verbs }: Reach, asked: readonly string[] | undefined, { tables }: Target): string[] {
  const own = verbs.filter(
    ({ verb, except }) =>
      asked?.includes(verb) !== false && !(tables?.every((table) => except.includes(table)) ?? false),
  );
  return [...new Set(own.map(({ verb }) => verb))];
}

function told({ table, reach, verbs }: { table: TableReport; reach: Reach; verbs: string[] }): string {
  const via = reach.path.length === 0 ? "" : ` through ${reach.path.join(", ")}`;
  const how = reach.how === "uses" ? "" : ", which its login opens and no pod asks for";
  return `${reach.service ?? `whoever logs in as ${reach.login}`} may ${listed(verbs)} on ${table.id}${via}, by ${reach.credsPath}${how}`;
}

function owning(
  { services, database }: Extract<Claim, { kind: "owner" }>,
  report: EnvironmentReport,
): Evidence {
  const others = report.services.filter(({ name }) => !services.includes(name));
  const owned = others.flatMap((service) =>
    service.accesses.flatMap(({ privileges, credsPath }) =>
      privileges
        .filter((each) => each.database === database && each.by === "ownership")
        .map((each) => ({
          holds: each.holds,
          text: `${service.id} acts as ${each.owner ?? "an owner"}, by ${credsPath}`,
        })),
    ),
  );
  const ids = new Set(others.map(({ id }) => id));
  return {
    broken: owned.filter(({ holds }) => holds.value === "yes").map(({ text }) => text),
    doubts: [
      ...owned.flatMap(({ holds }) => (isNotKnown(holds) ? [holds.reason] : [])),
      ...report.doubts.filter(({ service }) => service === null || ids.has(service)).map(shownDoubt),
    ],
  };
}

function living(
  { longest, verbs, on }: Extract<Claim, { kind: "lifetime" }>,
  report: EnvironmentReport,
): Evidence {
  const accesses = report.services.flatMap(({ id, accesses: own }) =>
    own
      .filter(({ reaches, privileges }) => reaches.value !== "no" && privileges.some(isAsked))
      .map((access) => ({ id, access })),
  );
  const people = (report.people ?? []).flatMap(({ id, accesses: own }) =>
    own.filter(({ privileges }) => privileges.some(isAsked)).map((access) => ({ id, access })),
  );
  function isAsked(each: Privilege): boolean {
    return each.object === "table" && verbs?.includes(each.verb) !== false && covers(on, each);
  }
  return {
    broken: [
      ...people.flatMap(({ id, access: { ttl, credsPath } }) =>
        ttl !== null && ttl > longest ? [`credentials of ${id} live ${duration(ttl)}, by ${credsPath}`] : [],
      ),
      ...accesses.flatMap(({ id, access: { timeline, credsPath } }) => {
        const life = isNotKnown(timeline) ? undefined : timeline.numbers.maxTtl.value;
        return life !== undefined && life > longest
          ? [`credentials of ${id} live ${duration(life)}, by ${credsPath}`]
          : [];
      }),
    ],
    doubts: [
      ...people.flatMap(({ id, access: { ttl } }) =>
        ttl === null ? [`how long credentials of ${id} live is not known`] : [],
      ),
      ...accesses.flatMap(({ access: { timeline } }) => (isNotKnown(timeline) ? [timeline.reason] : [])),
      ...report.doubts.map(shownDoubt),
    ],
  };
}

function apart({ from }: Extract<Claim, { kind: "apart" }>, { graph, others }: GuaranteeInput): Evidence {
  const other = others.find(({ name }) => name === from);
  if (other === undefined) return { broken: [], doubts: [`${from} is not in this output`] };
  const [own, theirs] = [graph, other.graph].map((each) =>
    each.connections.map(({ origin, url }) => ({ origin, databases: databasesAt(known(url)) })),
  );
  const unread = [...(own ?? []), ...(theirs ?? [])].filter(({ databases }) => databases.length === 0);
  const foreign = new Set((theirs ?? []).flatMap(({ databases }) => databases));
  return {
    broken: (own ?? []).flatMap(({ origin, databases }) =>
      databases
        .filter((each) => foreign.has(each))
        .map((each) => `${origin.address} leads to ${each}, which is a database of ${from}`),
    ),
    doubts: unread.map(({ origin }) => `where ${origin.address} leads to is not known`),
  };
}

/** `pg.acme.internal:5432/shop`, at each server that the URL names. */
function databasesAt(url: string | undefined): string[] {
  const { servers, database } = readDatabaseUrl(url ?? "");
  return database === undefined ? [] : servers.map(({ host, port }) => `${host}:${port}/${database}`);
}

/** A promise that does not hold, or of which nobody knows it, refuses. */
export function guaranteeFindings(guarantees: readonly GuaranteeReport[], file: string): Finding[] {
  return guarantees.flatMap(({ text, reason, holds, evidence }, index) => {
    if (holds.value === "yes") return [];
    const isBroken = holds.value === "no";
    return [
      {
        rule: isBroken ? "guarantee/broken" : "guarantee/not-proven",
        severity: "error",
        resource: `guarantees[${index}]`,
        path: null,
        file,
        line: null,
        message: isNotKnown(holds)
          ? `whether ${text} is not known: ${holds.reason}`
          : `it does not hold that ${text}: ${evidence.join("; ")}`,
        why: `It was promised: ${reason}`,
        fix: isBroken
          ? "take the access away (npx leasehold explain says where it comes from), or change the promise with those who rely on it"
          : "make known what is not, or change the promise with those who rely on it",
        evidence: [],
        waived: null,
        waiver: null,
      } as const,
    ];
  });
}
