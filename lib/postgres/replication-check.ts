import { isLogin, type BootstrapInput } from "./bootstrap-input";
import { CREDENTIAL } from "./role-name";

/** Vault's login without what its credentials need; they could not be created. */
export function lackingReplication(input: BootstrapInput): string {
  return `SELECT format('Vault''s login %I lacks REPLICATION, which a service streams by: ALTER ROLE %I REPLICATION', rolname, rolname)
    FROM pg_roles WHERE rolname ${isLogin(input)} AND NOT rolreplication AND EXISTS (SELECT FROM leasehold_replication)`;
}

/** Credentials of services that declare none; those of a declaration that is gone keep it until their lease ends. */
export const UNDECLARED_REPLICATION = `SELECT format('%I in %I', rolname, held_role)
    FROM pg_roles JOIN leasehold_membership ON member_role = rolname JOIN leasehold_role ON held_role = role_name
    WHERE rolreplication AND starts_with(rolname, '${CREDENTIAL}')
      AND role_name NOT IN (SELECT role_name FROM leasehold_replication)`;

/** A partition stands for its table, and the table for its partitions. */
const RELATION = "to_regclass(format('%I.%I', schemaname, tablename))::oid";

/** What a service may read and never hears of. */
export const UNPUBLISHED = `SELECT format('TABLE %s to %I', target.oid::regclass, role_name)
    FROM leasehold_target AS target JOIN leasehold_replication USING (role_name) JOIN pg_class AS c ON c.oid = target.oid
    WHERE kind IN ('TABLE', 'COLUMN') AND privilege = 'SELECT' AND relkind IN ('r', 'p') AND NOT EXISTS (
      SELECT FROM pg_publication_tables
      WHERE pubname = ANY (publication_names) AND ${RELATION} IN (
        SELECT c.oid UNION SELECT relid::oid FROM pg_partition_tree(c.oid) UNION SELECT relid::oid FROM pg_partition_ancestors(c.oid)))`;

/** What a service hears of and may not read; there may be thousands, so it is a number and one of them. */
export const PUBLISHED_BESIDES = `SELECT format('publication %I to %I: %s, such as %s', pubname, role_name, count(*), min(table_name))
    FROM (
      SELECT pubname, replication.role_name, format('%I.%I', schemaname, tablename) AS table_name
      FROM leasehold_replication AS replication JOIN pg_publication_tables ON pubname = ANY (publication_names)
      WHERE NOT EXISTS (
        SELECT FROM leasehold_target AS target
        WHERE target.role_name = replication.role_name AND kind IN ('TABLE', 'COLUMN') AND privilege = 'SELECT'
          AND target.oid IN (SELECT ${RELATION} UNION SELECT relid::oid FROM pg_partition_ancestors(${RELATION})))
    ) AS besides GROUP BY pubname, role_name`;

/** A slot belongs to nobody: it stays when the credential that made it is dropped, and so does all WAL since. */
export const UNREAD_SLOTS = `SELECT format('%I, from %s on', slot_name, restart_lsn) FROM pg_replication_slots
    WHERE database = current_database() AND NOT active AND NOT temporary`;
