import { show } from "../../words";

/** What one statement of a revocation does. */
type Step = "refuse" | "commit" | "end" | "take" | "drop";

/** Text in which spaces, and the name of what quotes a block, do not matter. */
function plain(element: string): string {
  return element
    .replace(/\$leasehold_*\$/g, "$$$$")
    .replace(/\s+/g, " ")
    .trim();
}

const IF_THERE = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{{name}}') THEN";
const WAIT_FOR_LOGINS = [
  "DECLARE starting CONSTANT integer[] := ARRAY(SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid');",
  "BEGIN FOR attempt IN 1..100 LOOP EXIT WHEN NOT EXISTS (",
  "SELECT FROM pg_catalog.pg_locks AS held LEFT JOIN pg_catalog.pg_stat_activity AS shown USING (pid) WHERE held.locktype = 'virtualxid' AND held.pid = ANY (starting) AND held.pid <> pg_catalog.pg_backend_pid() AND shown.usesysid IS NULL AND shown.datid IS NULL);",
  "PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot(); END LOOP; END;",
].join(" ");
const END_SESSIONS =
  "FOR attempt IN 1..500 LOOP PERFORM pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = '{{name}}'; EXIT WHEN NOT FOUND; PERFORM pg_catalog.pg_sleep(0.01), pg_catalog.pg_stat_clear_snapshot(); END LOOP; RESET ROLE;";
const TAKE_BACK = [
  "DECLARE revoke_statement text; credential CONSTANT pg_catalog.regrole := '\"{{name}}\"'; BEGIN FOR revoke_statement IN",
  "SELECT pg_catalog.format('REVOKE %s ON %s %s FROM %s', privilege_type, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, pg_class.oid::pg_catalog.regclass, credential) FROM pg_catalog.pg_class, pg_catalog.aclexplode(relacl) WHERE grantee = credential UNION ALL",
  "SELECT pg_catalog.format('REVOKE %s (%I) ON TABLE %s FROM %s', privilege_type, attname, attrelid::pg_catalog.regclass, credential) FROM pg_catalog.pg_attribute, pg_catalog.aclexplode(attacl) WHERE grantee = credential AND NOT attisdropped UNION ALL",
  "SELECT pg_catalog.format('REVOKE %s ON SCHEMA %I FROM %s', privilege_type, nspname, credential) FROM pg_catalog.pg_namespace, pg_catalog.aclexplode(nspacl) WHERE grantee = credential UNION ALL",
  "SELECT pg_catalog.format('REVOKE %s ON ROUTINE %s FROM %s', privilege_type, pg_proc.oid::pg_catalog.regprocedure, credential) FROM pg_catalog.pg_proc, pg_catalog.aclexplode(proacl) WHERE grantee = credential",
  "LOOP EXECUTE revoke_statement; END LOOP; END;",
].join(" ");

/** The statements that are understood: each ran on real servers, twice, and with sessions open. */
const STEPS: ReadonlyMap<string, Step> = new Map([
  [`${IF_THERE} ALTER ROLE "{{name}}" NOLOGIN; END IF; END $$`, "refuse"],
  ["COMMIT; BEGIN;", "commit"],
  [`${IF_THERE} ${WAIT_FOR_LOGINS} SET LOCAL ROLE pg_signal_backend; ${END_SESSIONS} END IF; END $$`, "end"],
  [
    `${IF_THERE} GRANT "{{name}}" TO CURRENT_USER; SET LOCAL ROLE "{{name}}"; ${END_SESSIONS} ${TAKE_BACK} END IF; END $$`,
    "take",
  ],
  ['DROP ROLE IF EXISTS "{{name}}";', "drop"],
]);

/** What a step is for, as it is told where it is not there. */
const WITHOUT: Readonly<Record<Step, string>> = {
  refuse:
    "the login is not refused first: a client that connects while its sessions are ended keeps a session that outlives the user",
  commit:
    "the refusal of the login is not committed before the sessions are ended: nobody else sees it until the user is dropped",
  end: "the sessions are not ended: those that are open read on, and what they own keeps the user from being dropped",
  take: "what the credential was granted is not taken back: DROP ROLE fails, and the user stays",
  drop: "the user is not dropped, and stays in the catalog for ever",
};

/** What a revocation does not do, or does beside taking the credential away. */
export function* revocationObjections(elements: readonly string[], isMember: boolean): Iterable<string> {
  const steps = elements.map((element) => STEPS.get(plain(element)));
  for (const [index, step] of steps.entries()) {
    if (step !== undefined) continue;
    yield `the ${index + 1}. statement (${show(plain(elements[index] ?? "").slice(0, 60))}) is none that is understood: it may fail, touch another role, or take back only some`;
  }
  if (steps.includes(undefined)) return;
  const expected: readonly Step[] = isMember ? ["refuse", "commit", "end", "drop"] : ["take", "drop"];
  const left = expected.filter((step) => !steps.includes(step));
  for (const step of left) yield WITHOUT[step];
  const given = steps.join(" ");
  if (left.length === 0 && given !== expected.join(" "))
    yield `its statements come as ${given}, and run in this order: ${expected.join(", ")}, each once`;
}
