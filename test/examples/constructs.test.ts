import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { App } from "cdktf";
import { defineStacks, type Shop } from "../../examples/constructs/stacks";
import { limits, prove, type Proven, type ProofOptions } from "@leasehold/proof";
import { postgresCa, vaultCa } from "../../template/project/stacks/certificates";

/** What the proof says of the example, after somebody has changed it. */
async function proven(change: (shop: Shop) => void = () => {}, options?: ProofOptions): Promise<Proven> {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-constructs-"));
  try {
    const app = new App({ outdir });
    change(defineStacks(app, { vaultCa, postgresCa }).shop);
    app.synth();
    return await prove(outdir, options);
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

/** The one policy of a stack, for whatever Terraform lets one override. */
function policyOf(shop: Shop): Policy {
  const policies = shop.node.findAll().filter((each): each is Policy => each instanceof Policy);
  expect(policies).toHaveLength(1);
  return policies[0] as Policy;
}

/** A mistake of a hand: the path has the name of a role that is not there. */
const misspelt = (shop: Shop) =>
  policyOf(shop).addOverride("policy", 'path "database/creds/order-shop" { capabilities = ["read"] }');

test("constructs in a stack of somebody else are proven without a finding, and told in the report", async () => {
  const { findings, failures, report } = await proven();
  expect({ findings, failures }).toEqual({ findings: [], failures: [] });
  expect(report.services.map(({ id }) => id)).toEqual(["shop/orders"]);
  expect(report.tables.map(({ table }) => table)).toEqual(["order_items", "orders"]);
  expect(report).toMatchObject({ source: "written", readWhole: { value: "yes" } });
});

test("a policy with another path than the pods' is found, where it is", async () => {
  const { findings } = await proven(misspelt);
  expect(findings.map(({ rule, path: construct }) => [rule, construct])).toEqual([
    ["access/pod-path-refused", "shop/orders/Workload/Resource"],
    ["access/policy-path-without-role", "shop/orders/Access/Policy"],
    ["access/role-unreachable", "shop/orders/Access/shop/Resource"],
  ]);
});

test("a finding is accepted by a waiver, and what a configuration is held to can be said", async () => {
  const rule = "access/pod-path-refused";
  const resource = "shop/orders/Workload/Resource";
  const { findings } = await proven(misspelt, {
    waivers: [{ rule, resource, reason: "the path is written by somebody else" }],
  });
  expect(findings.find((each) => each.rule === rule)?.waived).toBe("the path is written by somebody else");
  const strictly = await proven(() => {}, { limits: { ...limits.strict, maxTtl: 3600 } });
  expect(strictly.findings.map((each) => each.rule)).toEqual(["ttl/beyond-guardrail"]);
});

test("a folder that is not there, and one that holds nothing to judge", async () => {
  await expect(prove("no-such-folder")).rejects.toThrow("there is no no-such-folder");
  await expect(prove("docs/adr")).rejects.toThrow("there is nothing to judge in docs/adr");
  await expect(prove([])).rejects.toThrow("there is nothing to judge");
});

describe("the program", () => {
  const CHECKOUT = path.resolve(__dirname, "../..");
  let folder: string;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-constructs-"));
    fs.cpSync(path.join(CHECKOUT, "examples", "constructs"), folder, { recursive: true });
    fs.mkdirSync(path.join(folder, "certificates"));
    fs.writeFileSync(path.join(folder, "certificates", "vault-ca.pem"), vaultCa);
    fs.writeFileSync(path.join(folder, "certificates", "postgres-ca.pem"), postgresCa);
    fs.mkdirSync(path.join(folder, "node_modules"));
    fs.symlinkSync(CHECKOUT, path.join(folder, "node_modules", "leasehold"));
    for (const name of ["@cdktf", "@leasehold", "cdktf", "constructs"])
      fs.symlinkSync(path.join(CHECKOUT, "node_modules", name), path.join(folder, "node_modules", name));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const run = () =>
    spawnSync(process.execPath, [require.resolve("ts-node/dist/bin"), "--transpile-only", "main.ts"], {
      cwd: folder,
      encoding: "utf8",
    });

  test("synthesizes with the packages as they are installed", () => {
    expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(fs.readdirSync(path.join(folder, "cdktf.out", "stacks"))).toEqual(["platform", "shop", "vault"]);
  }, 60_000);

  test("fails where two of its values disagree, and says which", () => {
    const stacks = path.join(folder, "stacks.ts");
    const text = fs.readFileSync(stacks, "utf8");
    fs.writeFileSync(stacks, text.replace('mountPath: "database"', 'mountPath: "databases"'));
    const { status, stderr } = run();
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^access\/\S+ \S+: /),
    });
    expect(stderr).toContain('the mount "databases" has no such connection');
  }, 60_000);
});
