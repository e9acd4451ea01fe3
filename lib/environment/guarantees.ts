import { listed } from "@leasehold/proof/core";
import type { Promised } from "@leasehold/proof/report";
import { seconds, type Duration } from "../core";
import type { TablePrivilege } from "../postgres";
import { policyNameOf } from "../service";
import { wholeOf } from "./clusters";
import type { Environment } from "./environment";

/**
 * A promise that people rely on, proven on what was rendered at every synth. One that does not hold refuses, with who
 * breaks it; so does one of which nobody knows whether it holds, such as beside a service on a static password.
 */
export type Guarantee = OnlyTheseServices | NeverTheseServices | OwnersAreThese | CredentialsLive | ApartFrom;

/** Only these services may do this on that. */
export interface OnlyTheseServices extends OnTables {
  readonly kind: "only";
  /** Names of the services, or of people; none: nobody may. */
  readonly services: readonly string[];
}

/** No service of a team, or none of these, may do this on that. */
export interface NeverTheseServices extends OnTables {
  readonly kind: "never";
  /** Names of services, or a team's. */
  readonly who: { readonly services: readonly string[] } | { readonly team: string };
}

/** Nobody but these services acts as an owner in a database. */
export interface OwnersAreThese extends WithReason {
  readonly kind: "owner";
  /** Names of the services, such as the Jobs that change the schema. */
  readonly services: readonly string[];
  /** Name of the database in the environment. */
  readonly database: string;
}

/** No credential that may do this on that lives longer. */
export interface CredentialsLive extends OnTables {
  readonly kind: "lifetime";
  /** The longest `ttl.max`. */
  readonly longest: Duration;
}

/** No connection leads to a database of another environment of the same program. */
export interface ApartFrom extends WithReason {
  readonly kind: "apart";
  /** Name of the other environment. */
  readonly from: string;
}

interface WithReason {
  /** Who relies on it and why, in at least ten characters. */
  readonly reason: string;
}

interface OnTables extends WithReason {
  /**
   * What it is about.
   * @default - everything that can be done with a table, an owner's ALTER and DROP included
   * @protects from what nobody has thought of
   */
  readonly privileges?: readonly TablePrivilege[];
  /** The tables. */
  readonly on: GuaranteeTarget;
}

/** Tables of a database of the environment. */
export interface GuaranteeTarget {
  /** Name of the database in the environment. */
  readonly database: string;
  /**
   * Schema of the tables.
   * @default - every schema; of tables that are named the schema of the database
   * @protects from a table of the same name elsewhere
   */
  readonly schema?: string;
  /**
   * Names of tables, without a schema.
   * @default - every table
   * @protects from a table that is there next year
   */
  readonly tables?: readonly string[];
}

/** The promises of an environment, with the names that the proof knows. */
export function promisesOf(environment: Environment): Promised[] {
  return (environment.guarantees ?? []).map((guarantee) => promised(guarantee, environment));
}

function promised(guarantee: Guarantee, environment: Environment): Promised {
  const { reason } = guarantee;
  switch (guarantee.kind) {
    case "only": {
      const { services } = guarantee;
      const text = `${services.length === 0 ? "nobody" : `only ${listed(services)}`} may ${aim(guarantee)}`;
      return {
        text,
        reason,
        claim: { kind: "only", services: asRead(services, environment), ...tables(guarantee, environment) },
      };
    }
    case "never": {
      const { who } = guarantee;
      const text = `${"team" in who ? `no service of the team ${who.team}` : `none of ${listed(who.services)}`} may ${aim(guarantee)}`;
      const services = "team" in who ? ofTeam(who.team, environment) : asRead(who.services, environment);
      return { text, reason, claim: { kind: "never", services, ...tables(guarantee, environment) } };
    }
    case "owner": {
      const { services, database } = guarantee;
      const text = `${services.length === 0 ? "nobody" : `only ${listed(services)}`} acts as an owner in ${database}`;
      return { text, reason, claim: { kind: "owner", services, database } };
    }
    case "lifetime": {
      const { longest } = guarantee;
      const text = `no credential that may ${aim(guarantee)} lives longer than ${longest}`;
      return {
        text,
        reason,
        claim: { kind: "lifetime", longest: seconds(longest), ...tables(guarantee, environment) },
      };
    }
    case "apart": {
      const { from } = guarantee;
      return {
        text: `nothing of ${environment.name} reaches a database of ${from}`,
        reason,
        claim: { kind: "apart", from },
      };
    }
  }
}

/** People are known by the name of their group, which has the environment's before it. */
function asRead(names: readonly string[], environment: Environment): string[] {
  const { name, people = [] } = wholeOf(environment);
  return names.map((each) => (people.some((own) => own.name === each) ? policyNameOf(name, each) : each));
}

function ofTeam(team: string, { services }: Environment): string[] {
  return services.filter((service) => service.team === team).map(({ name }) => name);
}

function aim({ privileges, on: { database, schema, tables: names } }: OnTables): string {
  const what = privileges === undefined ? "do anything" : listed(privileges);
  const where = [database, ...(schema === undefined ? [] : [schema])].join(".");
  return names === undefined ? `${what} on a table of ${where}` : `${what} on ${listed(names)} of ${where}`;
}

function tables({ privileges, on }: OnTables, { databases }: Environment) {
  const own = databases.find(({ name }) => name === on.database);
  const schema = on.schema ?? (on.tables === undefined ? undefined : (own?.schema ?? "public"));
  return {
    ...(privileges !== undefined && { verbs: privileges }),
    on: {
      database: on.database,
      ...(schema !== undefined && { schema }),
      ...(on.tables !== undefined && { tables: on.tables }),
    },
  };
}
