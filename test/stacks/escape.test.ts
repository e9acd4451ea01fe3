import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { InvalidConfigurationError } from "../../lib/core";
import * as door from "../../lib/core/terraform";
import type { Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { render } from "../../lib/synth/render";
import { readTree } from "../support/environment";
import { placesOf, replaced, valueAt, type Place } from "../support/leaves";
import { maximal } from "../support/maximal";

/** What Terraform would evaluate, wherever it stands. */
const LIVE = 'x${file("/etc/passwd")}%{ if true }y';

/** References that leasehold renders itself: to resources, to variables, and to the token of the pod. */
const OURS = /^\$\{(?:(?:data\.)?vault_[a-z_]+\.\w+\.\w+|var\.\w+|file\("[\w./-]+"\))\}$/;

/** Texts and keys of rendered JSON in which Terraform would find something to evaluate. */
function liveTexts(value: unknown): string[] {
  if (typeof value === "string") {
    const live = /(?<!\$)(?:\$\$)*\$\{|(?<!%)(?:%%)*%\{/.test(
      value.replaceAll("$${", "").replaceAll("%%{", ""),
    );
    return live && !isOurs(value) ? [value] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    ...liveTexts(key),
    ...liveTexts(inner),
  ]);
}

/** Also within a text: the path of a rotation names its mount by reference. */
function isOurs(text: string): boolean {
  const expressions = text.match(/\$\{[^}]*\}/g) ?? [];
  return !text.includes("%{") && expressions.every((expression) => OURS.test(expression));
}

function rendered(environment: Environment): { live: string[]; files: Record<string, string> } {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-escape-"));
  try {
    render([environment], directory);
    const files = readTree(directory);
    const stacks = Object.entries(files).filter(([file]) => file.endsWith(".tf.json"));
    return { live: stacks.flatMap(([, json]) => liveTexts(JSON.parse(json))), files };
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

test.each(maximal.map((environment) => [environment.name, environment] as const))(
  "%s renders no expression but references of its own",
  (_, environment) => expect(rendered(environment).live).toEqual([]),
);

test("nothing that is written in any text of a declaration becomes an expression", () => {
  const seen = new Set<string>();
  const taken: string[] = [];
  for (const environment of maximal) {
    // As many texts at once as are taken each alone: rendering is what takes time.
    let all: unknown = { ...environment, provenIn: undefined };
    for (const place of placesOf(all)) {
      const general = JSON.stringify(place.map((step) => (typeof step === "number" ? 0 : step)));
      if (typeof valueAt(all, place) !== "string" || (seen.has(general) && environment.name !== "all-ha"))
        continue;
      seen.add(general);
      const changed = replaced(all, place, LIVE);
      if (configurationProblems([changed as Environment]).length > 0) continue;
      if (!renders(changed as Environment)) continue;
      taken.push(property(place));
      all = changed;
    }
    expect(rendered(all as Environment).live).toEqual([]);
  }
  // Texts that may hold anything; all others are refused.
  expect(new Set(taken.map((name) => name.replace(/\d+/g, "*")))).toContain("services.*.workload.args.*");
}, 300_000);

function renders(environment: Environment): boolean {
  try {
    return rendered(environment).live.length >= 0;
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return false;
    throw error;
  }
}

function property(place: Place): string {
  return place.join(".");
}

test.each<[Place, string]>([
  [["state", "bucket"], "all-ha"],
  [["state", "prefix"], "all-ha"],
  [["state", "region"], "all-ha"],
  [["state", "kmsKeyId"], "all-ha"],
  [["state", "directory"], "all-dev"],
  [["state", "address"], "all-external"],
  [["state", "resourceGroup"], "all-azure"],
  [["state", "namespace"], "all-shamir"],
  [["cluster", "connection", "context"], "all-ha"],
  [["cluster", "connection", "path"], "all-ha"],
  [["vault", "terraform", "address"], "all-ha"],
  [["vault", "terraform", "caCertificateFile"], "all-ha"],
  [["vault", "terraform", "login", "mount"], "all-ha"],
  [["vault", "terraform", "login", "role"], "all-ha"],
  [["vault", "terraform", "login", "tokenPath"], "all-ha"],
  [["vault", "address"], "all-external"],
])("an expression in %j is refused", (place, name) => {
  const environment = maximal.find((each) => each.name === name);
  for (const text of [LIVE, '${file("/etc/passwd")}', "%{ if true }"]) {
    const problems = configurationProblems([
      { ...(replaced(environment, place, text) as Environment), provenIn: undefined },
    ]);
    expect(problems).not.toEqual([]);
  }
});

test("a mark of CDKTF's for a reference is refused: it would be replaced by one", () => {
  const [ha] = maximal;
  const place = ["services", 0, "workload", "args", 0];
  expect(configurationProblems([replaced(ha, place, "${TfToken[TOKEN.0]}") as Environment])).toMatchObject([
    { property: "services[0].workload.args[0]", must: "be without CDKTF's mark for a reference" },
  ]);
});

test("every class of the door takes text literally, its keys too", () => {
  const stack = new door.TerraformStack(new door.App({ outdir: os.tmpdir() }), "literal");
  new door.ConfigMapV1(stack, "Map", { metadata: { name: LIVE }, data: { [LIVE]: LIVE } });
  const mount = new door.Mount(stack, "Mount", { path: LIVE, type: "database" });
  new door.Policy(stack, "Policy", { name: mount.path, policy: `path "${mount.path}" {} # \${HOME}` });
  new door.VaultProvider(stack, "Vault", {
    address: LIVE,
    authLogin: [{ path: "p", parameters: { jwt: door.Fn.file("/t") } }],
  });
  const { resource, provider } = stack.toTerraform() as Record<string, Record<string, unknown>>;
  const escaped = 'x$${file("/etc/passwd")}%%{ if true }y';
  expect(resource?.["kubernetes_config_map_v1"]).toMatchObject({
    Map: { metadata: { name: escaped }, data: { [escaped]: escaped } },
  });
  expect(resource?.["vault_mount"]).toMatchObject({ Mount: { path: escaped } });
  expect(resource?.["vault_policy"]).toMatchObject({
    Policy: { name: "${vault_mount.Mount.path}", policy: 'path "${vault_mount.Mount.path}" {} # $${HOME}' },
  });
  expect(provider?.["vault"]).toMatchObject([
    { address: escaped, auth_login: [{ parameters: { jwt: '${file("/t")}' } }] },
  ]);
});

test("no class comes through the door without the escape", () => {
  const classes = Object.entries(door).filter(
    ([name, each]) =>
      typeof each === "function" &&
      "isConstruct" in each &&
      !["App", "TerraformElement", "TerraformStack"].includes(name),
  );
  expect(classes.length).toBeGreaterThan(20);
  for (const [, each] of classes)
    expect(Object.hasOwn((each as { prototype: object }).prototype, "toTerraform")).toBe(true);
});
