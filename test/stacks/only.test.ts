import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { InvalidConfigurationError } from "../../lib/core";
import type { DeclaredEnvironment, Environment } from "../../lib/environment/environment";
import type { Conclude, Question } from "../../lib/synth/conclusion";
import { environmentOf, UnknownEnvironmentError } from "../../lib/synth/selection";
import { synthesize, type SynthesisOptions } from "../../lib/synth/synthesize";
import { RefusedConfigurationError } from "../../proof/rules";
import { environments } from "../../template/project/stacks";
import { MADE, NOTHING_RUN, readTree } from "../support/environment";
import { inVaultNamespace } from "../support/vault-namespace";

let outdir: string;
beforeEach(() => (outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-only-"))));
afterEach(() => fs.rmSync(outdir, { recursive: true }));

const synth = (all: readonly DeclaredEnvironment[], options: SynthesisOptions = {}) =>
  synthesize(all, outdir, { made: () => MADE, perform: NOTHING_RUN, ...options });

/** Another image in one environment: nothing that anybody has to judge. */
function withImage(name: string, image: string): DeclaredEnvironment[] {
  return environments.map((each) =>
    each.name !== name
      ? each
      : ({
          ...each,
          services: each.services.map((service) => ({
            ...service,
            workload:
              service.workload.kind === "elsewhere" ? service.workload : { ...service.workload, image },
          })),
        } as Environment),
  );
}

const stackOf = (file: string) => /^stacks\/([^/]+)\//.exec(file)?.[1] ?? "";
const TOGETHER = ["manifest.json", "migration-stages.json", ".leasehold.json"];

test("what is asked for is rendered as with all others, and what is there of the others stays as it is", async () => {
  await synth(environments);
  const before = readTree(outdir);
  const lock = path.join(outdir, "stacks", "local", "tfplan");
  fs.writeFileSync(lock, "a plan of what has not changed");
  const changed = withImage("production", "ghcr.io/acme/other:2.0.0");
  const { stacks, left } = await synth(changed, { only: ["production"] });

  expect([...new Set(stacks.map(({ environment }) => environment))]).toEqual(["staging", "production"]);
  expect(left).toEqual([{ name: "local", isWhole: true }]);
  const partly = readTree(outdir);
  expect(fs.readFileSync(lock, "utf8")).toBe("a plan of what has not changed");
  fs.rmSync(lock);
  await synth(changed);
  const wholly = readTree(outdir);
  for (const file of Object.keys(wholly).filter((each) => !each.startsWith("report/")))
    expect([file, TOGETHER.includes(file) ? JSON.parse(partly[file] ?? "null") : partly[file]]).toEqual([
      file,
      TOGETHER.includes(file) ? JSON.parse(wholly[file] ?? "") : wholly[file],
    ]);
  expect(Object.keys(partly).filter((file) => file !== "stacks/local/tfplan")).toEqual(Object.keys(wholly));
  expect(wholly).not.toEqual(before);
  expect(partly["report/access.md"]).toContain("production");
  expect(partly["report/access.md"]).not.toContain("# local");
}, 120_000);

test("what the others say now is not rendered: it stays as an earlier synth wrote it", async () => {
  await synth(environments);
  const before = readTree(outdir);
  await synth(withImage("production", "ghcr.io/acme/other:2.0.0"), { only: ["local"] });
  const after = readTree(outdir);
  const ofProduction = Object.keys(before).filter((file) => /\/production[-/]/.test(file));
  expect(ofProduction.length).toBeGreaterThan(3);
  for (const file of ofProduction) expect(after[file]).toBe(before[file]);
}, 120_000);

test("where nothing is left of the others, nothing is judged beside them, and it is said", async () => {
  const { left } = await synth(environments, { only: ["local"] });
  expect(left).toEqual([
    { name: "staging", isWhole: false },
    { name: "production", isWhole: false },
  ]);
  expect([...new Set(Object.keys(readTree(outdir)).map(stackOf))].sort()).toEqual([
    "",
    "local",
    "local-platform",
    "local-vault",
  ]);
}, 60_000);

test("a refusal takes back what was asked for, and leaves the others deployable", async () => {
  await synth(environments);
  const before = readTree(outdir);
  const wrong = environments.map((each) =>
    each.name === "production"
      ? ({ ...each, guardrails: { ...each.guardrails, maxTtl: "1m" } } as Environment)
      : each,
  );
  await expect(synth(wrong, { only: ["production"] })).rejects.toThrow(RefusedConfigurationError);
  const after = readTree(outdir);
  const stacks = new Set(Object.keys(after).map(stackOf));
  expect([...stacks].sort()).toEqual(["", "local", "local-platform", "local-vault"]);
  const manifest = JSON.parse(after["manifest.json"] ?? "") as { stacks: object };
  expect(Object.keys(manifest.stacks)).toEqual(["local", "local-platform", "local-vault"]);
  for (const file of Object.keys(after).filter((each) => /\/local[-/]/.test(each)))
    expect(after[file]).toBe(before[file]);
  expect(after["report/access.md"]).toBeUndefined();
  // Where services stood is remembered of all: nobody jumps a stage by being refused.
  expect(after["migration-stages.json"]).toBe(before["migration-stages.json"]);
  await synth(environments);
  expect(Object.keys(readTree(outdir))).toEqual(Object.keys(before));
}, 120_000);

test("an environment that is left is read and not judged", async () => {
  await synth(environments);
  const asked: Question[] = [];
  const conclude: Conclude = (question, prove) => {
    asked.push(question);
    return prove();
  };
  await synth(environments, { only: ["production"], conclude });
  const [{ environments: read, judged }] = asked as [Question];
  expect(judged).toEqual(["staging", "production"]);
  expect(read.map(({ name }) => name)).toEqual(["staging", "production", "local"]);
}, 120_000);

/** An environment whose auth method and mount in the common Vault are called after `paths`. */
function inCommonVault(name: string, paths: string): Environment {
  const vault = {
    ...inVaultNamespace.vault,
    authPath: `kubernetes-${paths}`,
    mountPath: `database-${paths}`,
  };
  const { people: _, ...common } = inVaultNamespace;
  return {
    ...common,
    name,
    vault: vault as Environment["vault"],
    cluster: { ...common.cluster, connection: { kind: "kubeconfig", context: name } },
    databases: common.databases.map((each) => ({ ...each, host: `pg.${name}.acme.internal` })),
  };
}

test("a rule refuses for what an earlier synth wrote of an environment that is left, whatever its literal says now", async () => {
  await synth([inCommonVault("dev-eu", "one"), inCommonVault("dev-us", "two")]);
  const before = readTree(outdir);
  // The literals are apart; the output of dev-us still has what dev-eu would now write.
  const moved = [inCommonVault("dev-eu", "two"), inCommonVault("dev-us", "three")];
  await expect(synth(moved, { only: ["dev-eu"] })).rejects.toThrow(
    /"auth\/kubernetes-two\/role\/orders" is also written by vault_kubernetes_auth_backend_role\.\S+ of dev-us/,
  );
  const after = readTree(outdir);
  expect([...new Set(Object.keys(after).map(stackOf))].filter((stack) => stack !== "").sort()).toEqual(
    [...new Set(Object.keys(before).map(stackOf))].filter((stack) => stack.startsWith("dev-us")).sort(),
  );
  await synth(moved);
}, 120_000);

test("literals are checked of all, whoever is asked for: what two would have in common is refused", async () => {
  const [local] = environments.filter(({ name }) => name === "local") as [Environment];
  const { name: _, ...same } = local;
  await expect(synth([...environments, { ...same, name: "twin" }], { only: ["twin"] })).rejects.toThrow(
    InvalidConfigurationError,
  );
}, 120_000);

test("a name that is nobody's is an error with the names there are, and touches nothing", async () => {
  await synth(environments, { only: ["local"] });
  const before = readTree(outdir);
  const error = await synth(environments, { only: ["productoin"] }).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(UnknownEnvironmentError);
  expect((error as Error).message).toBe(
    'there is no environment "productoin"; known: "local", "staging", "production"; the nearest is "production"',
  );
  expect(readTree(outdir)).toEqual(before);
}, 60_000);

test("a stack is of the environment with the longest name that it begins with", () => {
  const selection = { chosen: ["prod"], others: ["prod-eu"] };
  expect(
    ["prod", "prod-platform", "prod-eu", "prod-eu-payments", "production"].map((stack) =>
      environmentOf(stack, selection),
    ),
  ).toEqual(["prod", "prod", "prod-eu", "prod-eu", undefined]);
});
