import path from "node:path";
import { known, type AccessGraph, type DatabaseRole, type Known } from "../../../access";
import { leaseBudget } from "../../capacity/budget";
import { WIDE_ROLE_HEAD } from "../../example-parts";
import type { Rule, Violation } from "../../rule";
import { creationObjections } from "./creation";
import { revocationObjections } from "./revocation";

/** How Vault renews where nothing is said; whatever else is said has to be this. */
const RENEWAL = `ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'`;

export const statement: Rule = {
  id: "proof/statement",
  severity: "error",
  title: "SQL that the proof does not understand",
  why: "A credential is what its statements make of it: one option more, one statement in another order or on another role, and the pod gets nothing, gets too much, or keeps it. Each statement that is understood was run on real servers; what it does in another form nobody has seen.",
  example: {
    language: "hcl",
    text: `${WIDE_ROLE_HEAD}
  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" WITH LOGIN NOINHERIT PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 12 IN ROLE orders;",
  ]
  revocation_statements = [
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN ALTER ROLE \\"{{name}}\\" NOLOGIN; END IF; END $$",
    "COMMIT; BEGIN;",
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN DECLARE starting CONSTANT integer[] := ARRAY(SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid'); BEGIN FOR attempt IN 1..100 LOOP EXIT WHEN NOT EXISTS ( SELECT FROM pg_catalog.pg_locks AS held LEFT JOIN pg_catalog.pg_stat_activity AS shown USING (pid) WHERE held.locktype = 'virtualxid' AND held.pid = ANY (starting) AND held.pid <> pg_catalog.pg_backend_pid() AND shown.usesysid IS NULL AND shown.datid IS NULL); PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot(); END LOOP; END; SET LOCAL ROLE pg_signal_backend; FOR attempt IN 1..500 LOOP PERFORM pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = '{{name}}'; EXIT WHEN NOT FOUND; PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot(); END LOOP; RESET ROLE; END IF; END $$",
    "DROP ROLE IF EXISTS \\"{{name}}\\";",
  ]
}`,
  },
  *check(graph) {
    const pools = poolsOf(graph);
    for (const role of graph.databaseRoles) yield* ofRole(role, graph, pools.get(role));
    for (const { file, beside } of graph.bootstraps)
      for (const { line, what } of beside)
        yield {
          at: { address: path.basename(file), file, line },
          message: `${what} … is no statement of the bootstrap SQL: what it grants or changes is declared nowhere`,
          fix: "declare the grant in the environment, or run the statement from a file of your own",
        };
  },
};

/** Connections that a pod opens by one credential, of the workload that opens most. */
function poolsOf(graph: AccessGraph): Map<DatabaseRole, number> {
  const pools = new Map<DatabaseRole, number>();
  for (const { shares } of leaseBudget(graph))
    for (const { role, pool } of shares) pools.set(role, Math.max(pools.get(role) ?? 0, pool));
  return pools;
}

function* ofRole(
  role: DatabaseRole,
  { bootstraps }: AccessGraph,
  pool: number | undefined,
): Iterable<Violation> {
  const name = known(role.name) ?? "";
  const owners = bootstraps.flatMap((each) => each.owners.filter((row) => row.role === name));
  const creation = texts(role.creation);
  const isMember = (role.statements?.creation.memberships ?? []).length > 0;
  const told = (argument: string, objections: Iterable<string>, fix: string): Violation[] =>
    [...objections].map((objection) => ({
      at: role.origin,
      message: `${argument}: ${objection}`,
      fix,
    }));
  if (creation !== undefined)
    yield* told(
      "creation_statements",
      creationObjections(creation, {
        role: name,
        owners: owners.map(({ owner }) => owner),
        attributes: bootstraps.some(({ replicating }) => replicating.includes(name)) ? ["isreplication"] : [],
        ...(pool !== undefined && { pool }),
      }),
      `write CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT … IN ROLE the service's group`,
    );
  yield* told(
    "revocation_statements",
    revocationObjections(texts(role.revocation) ?? [], isMember),
    "refuse the login, commit, end the sessions and drop the role, each in the words that leasehold renders",
  );
  for (const text of texts(role.renewal) ?? [])
    if (text.replace(/;\s*$/, "").trim() !== RENEWAL)
      yield {
        at: role.origin,
        message:
          "renew_statements do something else than moving the end of the login: a renewal has neither password nor another name to fill in",
        fix: `leave them out, or write ${RENEWAL}`,
      };
}

/** Nothing where one is not known before apply. */
function texts(statements: Known<readonly Known<string>[]>): string[] | undefined {
  const all = known(statements);
  const read = all?.flatMap((each) => known(each) ?? []);
  return read?.length === all?.length ? read : undefined;
}
