import type { PoolClient } from "pg";
import type { CredentialsWatch } from "../src/credentials-watch";
import { Lending } from "../src/lending";
import { Connections } from "../src/rotation";

/** How a login fails by one thing after the other cannot be timed with a real server: the pool is a stand-in here. */
function lending(failures: readonly string[], changes: boolean): Lending {
  const left = [...failures];
  const credentials = {
    complete: true,
    stale: false,
    usable: {},
    whole: () => {
      if (changes) credentials.usable = {};
      return Promise.resolve();
    },
  };
  return new Lending({
    credentials: credentials as unknown as CredentialsWatch,
    connections: new Connections(),
    timeoutMillis: 0,
    arrivalMillis: 0,
    draining: () => false,
    acquire: (lent) => {
      const code = left.shift();
      if (code === undefined) return lent(undefined, { release: () => {} } as unknown as PoolClient);
      lent(Object.assign(new Error(`refused with ${code}`), { code }));
    },
    openNewest: () => Promise.resolve(),
    isOld: () => false,
    closesOld: () => false,
  });
}

test("a stand-in pool: a login is tried again as long as what it was refused with changes, and not for ever", async () => {
  const patient = lending(["28P01", "57P01", "28000", "28P01"], true);
  await patient.client();
  expect(patient).toMatchObject({ retries: 4, waiting: 0 });
  const endless = lending(Array<string>(100).fill("28P01"), true);
  await expect(endless.client()).rejects.toThrow("refused with 28P01");
  expect(endless).toMatchObject({ retries: 5, waiting: 0 });
});

test("a stand-in pool: where nothing changes it is tried once more, and what files do not mend not at all", async () => {
  const unchanged = lending(["28P01", "28P01", "28P01"], false);
  await expect(unchanged.client()).rejects.toThrow("refused with 28P01");
  expect(unchanged.retries).toBe(1);
  const other = lending(["53300"], true);
  await expect(other.client()).rejects.toThrow("refused with 53300");
  expect(other.retries).toBe(0);
});
