import type { Bench } from "../bench";
import { eventually } from "../support/wait";
import { events } from "./application-log";

/**
 * Waits until every pod of a service works again with a user that exists, and no other user of the
 * service is left; nobody lends a hand. Seconds that it took.
 */
export async function recovery(
  bench: Bench,
  namespace: string,
  service: string,
  timeoutMs = 120_000,
): Promise<number> {
  const startedAt = Date.now();
  await eventually(
    `recovery of ${service}`,
    async () => {
      const known = (await bench.users(service)).sort();
      const used = bench.pods(namespace, service).map((pod) => workingUser(pod.container(service)));
      return used.length > 0 && JSON.stringify(used.sort()) === JSON.stringify(known);
    },
    { timeoutMs, intervalMs: 200 },
  );
  return (Date.now() - startedAt) / 1000;
}

/** The user that the application has connected with, unless something has failed since. */
function workingUser(container: Parameters<typeof events>[0]): string | undefined {
  const connected = events(container, "connected").at(-1);
  const error = events(container, "error").at(-1);
  return connected && (!error || error.at < connected.at) ? connected.user : undefined;
}
