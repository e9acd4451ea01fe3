import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Issuer } from "./issuer";

/** Looks at who is connected, until it is stopped. */
export interface Watch {
  /** The longest that a session of an old user was seen after the new file was there, in seconds. */
  stop(): Promise<number>;
}

export function oldUserSeconds(admin: Client, issuers: readonly Issuer[]): Watch {
  let stopped = false;
  let longest = 0;
  const looking = (async () => {
    while (!stopped) {
      const { rows } = await admin.query<{ usename: string }>(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename LIKE 'v-%'",
      );
      const connected = new Set(rows.map(({ usename }) => usename));
      for (const { name, until } of issuers.flatMap(({ issued }) => issued)) {
        if (until !== undefined && connected.has(name)) longest = Math.max(longest, Date.now() - until);
      }
      await sleep(50);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
      return longest / 1000;
    },
  };
}
