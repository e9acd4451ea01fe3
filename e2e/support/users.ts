import type { Superuser } from "./database";
import { eventually } from "./wait";

/** The users that Vault has made for a service and that PostgreSQL still knows, oldest first. */
export async function usersOf(postgres: Superuser, service: string): Promise<string[]> {
  const rows = await postgres.query<{ rolname: string }>(
    "SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-' || $1 || '%' ORDER BY oid",
    { values: [service] },
  );
  return rows.map(({ rolname }) => rolname);
}

/** Waits until PostgreSQL knows no user of a service any more. */
export async function noUsersOf(postgres: Superuser, service: string, timeoutMs: number): Promise<void> {
  const isOver = async () => (await usersOf(postgres, service)).length === 0;
  await eventually(`end of all users of ${service}`, isOver, { timeoutMs });
}
