import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Environment } from "../../lib/environment/environment";
import { perform } from "../../lib/synth/perform";
import { prove } from "../../lib/synth/prove";
import { synthesize } from "../../lib/synth/synthesize";
import { environmentWith, MADE, NOTHING_RUN } from "../support/environment";

const environment = environmentWith({ name: "executed" });
const SQL = "bootstrap/executed/shop.sql";

const work = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-executed-"));
const directory = path.join(work, "cdktf.out");
afterAll(() => fs.rmSync(work, { recursive: true }));
beforeEach(
  async () => void (await synthesize([environment], directory, { made: () => MADE, perform: NOTHING_RUN })),
);

/** One privilege more than was declared, in the rows that the DBA runs. */
function spoil(): void {
  const file = path.join(directory, SQL);
  const text = fs.readFileSync(file, "utf8");
  const spoilt = text.replace(
    "ARRAY['customers'], NULL, ARRAY['SELECT']",
    "ARRAY['customers'], NULL, ARRAY['SELECT', 'DELETE']",
  );
  expect(spoilt).not.toBe(text);
  fs.writeFileSync(file, spoilt);
}

const findingsOf = async (changes: Partial<Environment> = {}) => {
  const { findings } = await prove([{ ...environment, ...changes }], { directory, perform });
  return findings.filter(({ rule }) => rule === "proof/executed" || rule.startsWith("waiver/"));
};

test("what was rendered is run, and comes to what was declared", async () => {
  expect(await findingsOf()).toEqual([]);
}, 60_000);

describe("where the SQL for the DBA gives more than was declared", () => {
  test("running it tells what, and in which file", async () => {
    spoil();
    expect(await findingsOf()).toEqual([
      expect.objectContaining({
        severity: "error",
        resource: "shop.sql",
        file: path.join(directory, SQL),
        message:
          "run on a PostgreSQL, the bootstrap SQL makes it so that orders-shop may DELETE ON TABLE public.customers, which nobody declared",
        waived: null,
      }),
      // The credential that the group's role makes may it, too.
      expect.objectContaining({
        message:
          "run on a PostgreSQL, a credential may DELETE ON TABLE public.customers, which nobody declared",
      }),
    ]);
  }, 60_000);

  test("a waiver accepts it, and one of what is right matches nothing", async () => {
    const reason = "the DBA of this server wants it so";
    const waiver = { rule: "proof/executed", resource: "shop.sql", reason };
    const [unmatched] = await findingsOf({ waivers: [waiver] });
    expect(unmatched).toMatchObject({ rule: "waiver/unmatched" });
    spoil();
    const [accepted] = await findingsOf({ waivers: [waiver] });
    expect(accepted).toMatchObject({ rule: "proof/executed", waived: reason });
  }, 60_000);

  test("a synth refuses it, as any other error", async () => {
    const told = "the creation fails: permission denied";
    const lying: typeof perform = async (rehearsals) =>
      rehearsals.map(() => [{ error: told, notices: [], rows: [], gone: [] }]);
    await expect(synthesize([environment], directory, { made: () => MADE, perform: lying })).rejects.toThrow(
      told,
    );
    expect(fs.existsSync(path.join(directory, "manifest.json"))).toBe(false);
  });
});

test("nothing is run of a configuration that is refused already", async () => {
  const ran = jest.fn(perform);
  const crowded = {
    ...environment,
    databases: environment.databases.map((each) => ({ ...each, maxConnections: 5 })),
  };
  const refusal = synthesize([crowded], directory, { made: () => MADE, perform: ran });
  await expect(refusal).rejects.toThrow("capacity/connections");
  expect(ran).not.toHaveBeenCalled();
});
