import type { Finding } from "../rules";
import type { Answer, Certain, NotKnown, Said } from "./answer";
import type { PeopleReport } from "./people-model";
import type { Place, Text } from "./place";
import type { Timeline } from "./timeline";

export type { PeopleAccessReport, PeopleReport } from "./people-model";
export type { Place, Text } from "./place";

/**
 * Who may reach which table, as data: what the pages, the tables and the diff are made from. It holds names,
 * statements and durations, never a secret. Published as docs/report.schema.json; `version` changes with
 * anything that a reader of an older one would misread. Durations are in seconds.
 */
export interface AccessReports {
  readonly version: 2;
  /** When and from what it was made; two reports that differ in nothing else say the same. */
  readonly made: MadeReport;
  readonly environments: readonly EnvironmentReport[];
  /** Each environment beside the one in which its changes are proven first. */
  readonly comparisons: readonly Comparison[];
}

export interface MadeReport {
  /** In UTC, to the second. */
  readonly at: Said;
  /** The commit, and whether files differ from it. */
  readonly commit: Said;
}

/** One environment, or one tree of Terraform that somebody else wrote. */
export interface EnvironmentReport {
  readonly name: string;
  /** What was read; only a state says what is deployed, as far as Terraform knows. */
  readonly source: "rendered" | "written" | "plan" | "state";
  /** Address of Vault. */
  readonly vault: Said;
  /** What tells the cluster from others: a context, or an address. */
  readonly cluster: Said;
  /** Whether all that there was could be read and judged. */
  readonly readWhole: Certain;
  /** Who may reach more than is told here, and why nobody can say; an answer of `nobody` holds only without them. */
  readonly doubts: readonly Doubt[];
  /** What nobody has judged for this report, of what was read or elsewhere: its silence about it says nothing. */
  readonly notLookedAt: readonly string[];
  /** What its answers rest on. */
  readonly coverage: CoverageReport;
  readonly services: readonly ServiceReport[];
  /** People who read credentials by a group of Vault's identities; absent where there are none. */
  readonly people?: readonly PeopleReport[];
  /** Every role of an auth method, and what it opens, whether or not a pod uses it. */
  readonly logins: readonly LoginReport[];
  readonly tables: readonly TableReport[];
  /** Sequences, functions and databases that somebody was granted something on. */
  readonly objects: readonly ObjectReport[];
  readonly matrix: Matrix;
  readonly budgets: readonly BudgetReport[];
  readonly guardrails: readonly GuardrailReport[];
  /** Promises that the environment has made, each with whether it holds. */
  readonly guarantees: readonly GuaranteeReport[];
  readonly state: StateReport;
  readonly findings: readonly ReportedFinding[];
  /** What could not be read, so that this report does not speak of it. */
  readonly failures: readonly {
    readonly file: string;
    readonly line: number | null;
    readonly message: string;
  }[];
  /** Values that only an apply knows; an access that depends on one is `unknown`, not absent. */
  readonly unknowns: readonly UnknownReport[];
}

/** How the parts of this configuration were held against what happens when it runs; `docs/proof.md` has the whole list. */
export interface CoverageReport {
  /** What was run for this report. */
  readonly executed: readonly string[];
  /** What was read, beside what is known of the servers. */
  readonly modelled: readonly string[];
  /** What is taken for granted. */
  readonly assumed: readonly string[];
}

/** Something that the report does not know about what somebody reaches. */
export interface Doubt {
  /** Id of the service; null where it may be anybody. */
  readonly service: string | null;
  /** In one sentence without a full stop. */
  readonly text: string;
}

/** Workloads that are one service: by the label `leasehold/service` of their pods, else by their name. */
export interface ServiceReport {
  /** `namespace/name`; the name alone where the namespace is not said. Unique in an environment. */
  readonly id: string;
  readonly name: string;
  readonly namespace: Text;
  readonly workloads: readonly WorkloadReport[];
  /** One per credentials file that the pods ask for. */
  readonly accesses: readonly AccessReport[];
  /** Whether what the accesses tell is all that the service may do. */
  readonly whole: Certain;
  /** Creds paths that the service's login opens and its pods do not ask for. */
  readonly opensBesides: readonly string[];
  readonly migration: MigrationReport;
  /** What the application is told: variables of the contract by name. */
  readonly contract: Readonly<Record<string, string>>;
}

export interface WorkloadReport {
  readonly kind: string;
  readonly name: Text;
  readonly place: Place;
  /** Pods at the same time; null where nobody knows. */
  readonly replicas: number | null;
  /** Pods beyond these at a rolling restart. */
  readonly surge: number;
  readonly serviceAccount: { readonly name: string; readonly namespace: Text; readonly place: Place | null };
  /** How the injector's agents run. */
  readonly injection: string;
  /** Which credentials these pods use; `static` is a password of before. */
  readonly credentials: "dynamic" | "static";
  /** What the agent runs at each new file, for applications that do not follow it; null where it runs nothing. */
  readonly onRotation: { readonly commands: readonly string[]; readonly reason: Text } | null;
}

/** How far a service has moved from a static password to credentials of its own. */
export interface MigrationReport {
  readonly stage: "static" | "shadow" | "canary" | "dynamic" | "complete";
  /** Where the stage comes from, in one sentence. */
  readonly reason: string;
  /** Pods by the credentials that they use; null where no pod is labelled. */
  readonly canary: { readonly static: number | NotKnown; readonly dynamic: number | NotKnown } | null;
  /** Why it stays on its static password, and until which day: a debt. Null where nobody says so. */
  readonly stays: { readonly reason: string; readonly until: string } | null;
}

/** The way of a service's pods to one database. */
export interface AccessReport {
  /** What ties the annotations of the file together, such as `shop`. */
  readonly name: string;
  /** Whether the chain holds from the pod to PostgreSQL; `not-known` where that depends on what was not read. */
  readonly reaches: Answer;
  /** What is missing on the way, in words; only where it does not hold. */
  readonly missing: readonly string[];
  /**
   * Whether an agent comes into the pods and reaches Vault: by the injector's webhook, Vault's address and its
   * network policy. It decides nothing of what the ServiceAccount may read.
   */
  readonly delivered: Answer;
  /** Path that is read, such as `database/creds/orders-shop`. */
  readonly credsPath: Text;
  /** Path of the credentials file in the pod. */
  readonly file: Text;
  readonly login: LoginReport | null;
  readonly policies: readonly PolicyReport[];
  readonly role: DatabaseRoleReport | null;
  readonly privileges: readonly Privilege[];
  /** Whether these are all that a credential may do. */
  readonly whole: Certain;
  readonly timeline: Timeline | NotKnown;
  /** The same, one step after the other: what `explain` prints. */
  readonly hops: readonly Hop[];
}

/** A role of a Kubernetes auth method. */
export interface LoginReport {
  readonly place: Place;
  /** Path of the auth method, without `auth/`. */
  readonly authPath: Text;
  readonly name: Text;
  /** Null: a token minted for anybody is taken. */
  readonly audience: Text;
  readonly serviceAccounts: readonly string[];
  readonly namespaces: readonly string[];
  /** Labels that choose further namespaces. */
  readonly namespaceSelector: Text;
  readonly policies: readonly string[];
  /** Creds paths that its policies let it read. */
  readonly opens: readonly string[];
  /** Whether these are all. */
  readonly opensWhole: Certain;
  /** Ids of the services whose pods log in with it. */
  readonly services: readonly string[];
  /** How long a token lives without renewal; null: as long as the auth method's default says. */
  readonly tokenTtl: number | null | NotKnown;
  /** When a token ends however often it is renewed; null: never. */
  readonly tokenLimit: number | null | NotKnown;
}

export interface PolicyReport {
  readonly place: Place;
  readonly name: Text;
  /** Those of its rules that match the creds path. */
  readonly rules: readonly { readonly path: string; readonly capabilities: readonly string[] }[];
}

/** A dynamic role of Vault's database engine, with the connection that it uses. */
export interface DatabaseRoleReport {
  readonly place: Place;
  readonly mount: Text;
  readonly name: Text;
  readonly connection: { readonly name: Text; readonly place: Place; readonly login: Text } | null;
  readonly creation: readonly string[];
  readonly revocation: readonly string[];
  /** NOLOGIN roles that a credential becomes a member of. */
  readonly groupRoles: readonly string[];
}

/** What PostgreSQL grants on a table. */
export const VERBS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"] as const;

/** What is granted on sequences, functions and databases. */
const OF_OBJECTS = ["USAGE", "EXECUTE", "TEMPORARY"] as const;

/** And what nobody is granted but owners do: to change a table, to drop it, to make another one in its schema. */
export const ALL_VERBS = [...VERBS, "MAINTAIN", "ALTER", "DROP", "CREATE", ...OF_OBJECTS] as const;

/** One verb on one table, or on many. */
export interface Privilege {
  /** Name of the database in the environment, which is that of its connection and of several connections that of the first. */
  readonly database: string;
  /** Null: the search path decides. */
  readonly schema: string | null;
  /** `*` where `scope` says which. */
  readonly table: string;
  /** `owner`: every table of `owner` in the schema, also those to come; `schema`: every table there is in it. */
  readonly scope: "table" | "schema" | "owner" | "everything";
  /** Names of tables that it does not hold for, although `scope` says many. */
  readonly except: readonly string[];
  readonly owner: string | null;
  /** What it is on; `table` names it: functions with the types of their arguments, the database as its connection. */
  readonly object: "table" | "sequence" | "function" | "database";
  /** One of PostgreSQL's, or ALTER, DROP and CREATE, which an owner may. */
  readonly verb: string;
  /** Empty: all columns. */
  readonly columns: readonly string[];
  /** The role that has the privilege, `PUBLIC` for everybody; null where it is the credential's own. */
  readonly via: string | null;
  /** The roles on the way from the credential to `via`, which is the last of them. */
  readonly path: readonly string[];
  /**
   * `ownership`: as the owner of the table, which may also grant it to others. `replication`: by the attribute, which
   * reads each change of every table, whatever is granted.
   */
  readonly by: "grant" | "ownership" | "superuser" | "predefined" | "replication";
  readonly holds: Certain;
  readonly place: Place;
  /** The grant in SQL. */
  readonly statement: string;
}

/** One step from a pod to a table. */
export interface Hop {
  readonly kind:
    | "pod"
    | "agent"
    | "service-account"
    | "auth-role"
    | "policy"
    | "database-role"
    | "connection"
    | "group-role"
    | "grant";
  /** What it is, in one sentence without a full stop. */
  readonly text: string;
  /** Null where it stands in no file that was read. */
  readonly place: Place | null;
  /** Policy text or SQL; empty where there is none. */
  readonly statements: readonly string[];
}

/** One table, and everybody who reaches it. */
export interface TableReport {
  /** `database.schema.table`; `*` as in {@link Privilege}. */
  readonly id: string;
  readonly database: string;
  readonly schema: string | null;
  readonly table: string;
  readonly scope: Privilege["scope"];
  readonly owner: string | null;
  readonly reachedBy: readonly Reach[];
  /** Who can give others a privilege on it, as far as the configuration says. */
  readonly grantors: readonly { readonly who: string; readonly how: string }[];
}

/** Something beside tables, by its name in `table`, and everybody who reaches it. */
export type ObjectReport = TableReport & { readonly object: Exclude<Privilege["object"], "table"> };

/** How somebody reaches a table. */
export interface Reach {
  /** Id of the service, or of people; null for a login that no pod uses. */
  readonly service: string | null;
  /** `uses`: its pods ask for the credential; `could`: its login opens the path and nobody asks. */
  readonly how: "uses" | "could";
  /** Whether it is so: not known where a value decides that only an apply knows, or a statement that may not run. */
  readonly holds: Certain;
  /** `auth path/role`. */
  readonly login: string;
  readonly credsPath: string;
  readonly verbs: readonly {
    readonly verb: string;
    readonly columns: readonly string[];
    readonly except: readonly string[];
  }[];
  /** Role that has the privilege; null where it is the credential's own. */
  readonly via: string | null;
  readonly path: readonly string[];
}

/** Services × tables. */
export interface Matrix {
  /** Ids of services, and then of people. */
  readonly services: readonly string[];
  /** Ids of tables. */
  readonly tables: readonly string[];
  /** Only where there is something; verbs as `SELECT`, or `SELECT (id, total)`. */
  readonly cells: readonly {
    readonly service: string;
    readonly table: string;
    readonly verbs: readonly string[];
    readonly how: Reach["how"];
    readonly holds: Certain;
  }[];
  /** Services whose empty cells do not mean that they may do nothing. */
  readonly notKnown: readonly { readonly service: string; readonly reason: string }[];
}

/** A number and where it comes from. */
export interface Amount {
  readonly value: number;
  readonly reason: string;
}

/** What the pods of one connection ask of Vault and PostgreSQL. */
export interface BudgetReport {
  readonly connection: string;
  readonly place: Place;
  readonly services: readonly string[];
  /** Whether the numbers are the configuration's; where it does not say one, a usual one is counted. */
  readonly holds: Certain;
  readonly liveLeases: Load;
  /** Creations and renewals per second at rest. */
  readonly credentialsPerSecond: Amount & { readonly limit: number };
  readonly connections: Load & {
    /** `max_connections`; null where nobody says. */
    readonly limit: number | null;
  };
}

export interface Load {
  readonly atRest: Amount;
  readonly atRollingRestart: Amount;
  readonly afterOutage: Amount;
}

/** A limit that the environment holds itself to. */
export interface GuardrailReport {
  readonly guardrail: string;
  /** What it asks for. */
  readonly asked: string;
  /** `yes` only where something was judged by it and all of it is so. */
  readonly met: Answer | { readonly value: "waived" } | { readonly value: "not-asked" };
  /** Rules that prove it. */
  readonly rules: readonly string[];
}

/** A promise, and whether it holds. */
export interface GuaranteeReport {
  /** In one sentence without a full stop. */
  readonly text: string;
  /** Why it was made. */
  readonly reason: string;
  readonly holds: Answer;
  /** Who breaks it and how; empty where it holds. */
  readonly evidence: readonly string[];
}

/** What Terraform's state holds that could be a secret. */
export interface StateReport {
  /** Resources by type. */
  readonly resources: readonly { readonly type: string; readonly count: number }[];
  readonly arguments: readonly {
    readonly place: Place;
    readonly argument: string;
    readonly status: "in-state" | "write-only" | "unset";
    readonly text: string;
  }[];
  /** Whether it holds one: `no` where resources were read, no argument holds one and no rule found one. */
  readonly secrets: Answer;
}

/** A finding, with the services that it is about. */
export interface ReportedFinding extends Finding {
  /** Ids; empty where it is about what all share. */
  readonly services: readonly string[];
}

export interface UnknownReport {
  readonly place: Place;
  readonly argument: string;
  readonly expression: string;
}

/** What differs between two environments. */
export interface Comparison {
  readonly left: string;
  readonly right: string;
  readonly differences: readonly Difference[];
  /** Whether these are all: not known where one of the two is not known whole. */
  readonly whole: Certain;
}

export interface Difference {
  readonly service: string;
  readonly aspect: "service" | "grants" | "ttl" | "login" | "migration" | "pods";
  /** What the left one has; `none` where it has nothing. */
  readonly left: string;
  readonly right: string;
}
