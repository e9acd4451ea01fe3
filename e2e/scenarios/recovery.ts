import type { Bench } from "../bench";
import { eventually } from "../support/wait";
import { events } from "./application-log";

export interface LivingUsersOptions {
  /** Users that must be gone: a pod that still works with one of them has recovered from nothing. */
  readonly otherThan?: readonly string[];
  /** @default 120_000 */
  readonly timeoutMs?: number;
}

/**
 * Waits until every pod of a service works with a user that exists, and no other user of the service is
 * left; nobody lends a hand. The users. What takes them away begins with this, and ends with it, without
 * the users of before.
 */
export function livingUsers(
  bench: Bench,
  namespace: string,
  service: string,
  { otherThan = [], timeoutMs = 120_000 }: LivingUsersOptions = {},
): Promise<readonly string[]> {
  return eventually(
    `living user of every pod of ${service}, and no other`,
    async () => {
      const known = (await bench.users(service)).sort();
      const used = bench.pods(namespace, service).map((pod) => workingUser(pod.container(service)));
      const isAlive = used.length > 0 && JSON.stringify(used.sort()) === JSON.stringify(known);
      return isAlive && !known.some((user) => otherThan.includes(user)) && known;
    },
    { timeoutMs, intervalMs: 200 },
  );
}

/** Seconds until every pod works with another user than before, and none of before is left. */
export async function recovery(
  bench: Bench,
  namespace: string,
  service: string,
  before: readonly string[],
): Promise<number> {
  const startedAt = Date.now();
  await livingUsers(bench, namespace, service, { otherThan: before });
  return (Date.now() - startedAt) / 1000;
}

/** The user that the application has connected with, unless something has failed since. */
function workingUser(container: Parameters<typeof events>[0]): string | undefined {
  const connected = events(container, "connected").at(-1);
  const error = events(container, "error").at(-1);
  return connected && (!error || error.at < connected.at) ? connected.user : undefined;
}
