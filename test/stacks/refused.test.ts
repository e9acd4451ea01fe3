import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checkCommand } from "../../cli/check";
import { reportRefusal } from "../../cli/refusal";
import type { Environment } from "../../lib/environment/environment";
import { RefusedConfigurationError } from "../../proof/rules/refused";
import { synthesize } from "../../lib/synth/synthesize";
import { environments } from "../../template/project/stacks";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { readTree } from "../support/environment";

let outdir: string;
beforeEach(() => (outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-refused-"))));
afterEach(() => {
  fs.rmSync(outdir, { recursive: true });
  process.exitCode = 0;
});

/** No literal shows that its pools are too many for PostgreSQL together; the graph does. */
const [shop] = production.databases;
const crowded = { ...production, databases: [{ ...shop, maxConnections: 50 }] } as Environment;

test("a chain that does not hold is refused, and nothing that could be deployed is left", async () => {
  await synthesize(environments, outdir);
  expect(Object.keys(readTree(outdir))).toContain("manifest.json");
  const failure: unknown = await synthesize([staging, crowded], outdir).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RefusedConfigurationError);
  expect(Object.keys(readTree(outdir))).toEqual([".leasehold.json", "migration-stages.json"]);
  const log = jest.spyOn(console, "error").mockImplementation(() => {});
  reportRefusal(failure);
  expect(process.exitCode).toBe(1);
  const said = log.mock.calls.flat().join("\n");
  log.mockRestore();
  expect(said).toContain("error capacity/connections\n  production-platform/shop/Resource (vault_database");
  expect(said).toMatch(/= \d+ connections are needed, and max_connections of "shop" is 50/);
});

test("a waiver lets it through, and is among what the synth tells", async () => {
  const waiver = {
    rule: "capacity/connections",
    resource: "production-platform/shop/Resource",
    reason: "a pooler stands in front of this database",
  };
  const { findings } = await synthesize([staging, { ...crowded, waivers: [waiver] }], outdir);
  expect(findings).toEqual([expect.objectContaining({ rule: waiver.rule, waived: waiver.reason })]);
  const unmatched = { ...production, waivers: [waiver] };
  await expect(synthesize([staging, unmatched], outdir)).rejects.toThrow(
    "matches no finding of this resource",
  );
});

test("what staging has not proven is refused in production", async () => {
  const services = staging.services.filter(({ name }) => name !== "billing");
  await expect(synthesize([{ ...staging, services }, production], outdir)).rejects.toThrow(
    '"billing" with its access to "shop" is not in staging',
  );
});

describe("check", () => {
  const log = jest.spyOn(console, "log").mockImplementation(() => {});
  const check = async (...words: string[]) => {
    log.mockClear();
    await checkCommand(async () => environments).parseAsync([...words, "--output", outdir], { from: "user" });
    return log.mock.calls.flat().join("\n");
  };

  test("judges what the last synth wrote, also what somebody changed in it since", async () => {
    await synthesize(environments, outdir);
    expect(await check()).toBe("0 errors, 0 warnings, 0 waived");
    expect(process.exitCode).toBe(0);
    const file = path.join(outdir, "stacks/production/cdk.tf.json");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace('creds/orders-shop\\":{', 'creds/*\\":{'));
    expect(await check("staging")).toBe("0 errors, 0 warnings, 0 waived");
    expect(await check("production")).toContain("error access/policy-too-wide");
    expect(process.exitCode).toBe(1);
  });

  test("of one environment counts what others have in common with it, and no fault of their own", async () => {
    await synthesize(environments, outdir);
    const change = (...replacements: readonly (readonly [string, string])[]) => {
      for (const stack of ["production-platform", "production"]) {
        const file = path.join(outdir, `stacks/${stack}/cdk.tf.json`);
        const text = fs.readFileSync(file, "utf8");
        fs.writeFileSync(
          file,
          replacements.reduce((all, [from, to]) => all.replaceAll(from, to), text),
        );
      }
    };
    change(['creds/orders-shop\\":{', 'creds/*\\":{']);
    expect(await check("staging")).toBe("0 errors, 0 warnings, 0 waived");
    change(["vault.production.acme", "vault.staging.acme"], ["@pg.acme", "@PG.Staging.acme"]);
    const said = await check("staging");
    expect(process.exitCode).toBe(1);
    expect(said).toMatch(/the mount "database" is also written by \S+ of production/);
    expect(said).toMatch(/the auth method "auth\/kubernetes" is also written by \S+ of production/);
    expect(said).toMatch(/and \S+ of production log in as "vault_admin@pg.staging.acme.internal:5432"/);
    expect(said).not.toContain("policy-too-wide");
    expect(await check("local")).toBe("0 errors, 0 warnings, 0 waived");
    // What cannot be read may be what is written twice.
    fs.writeFileSync(path.join(outdir, "stacks/production/cdk.tf.json"), "{");
    await check("staging");
    expect(process.exitCode).toBe(2);
  });

  test("without a synth, or with a name that there is not, could not run", async () => {
    await expect(check()).rejects.toThrow("run a synth first");
    await synthesize(environments, outdir);
    await expect(check("prod")).rejects.toThrow('there is no environment "prod"');
  });
});
