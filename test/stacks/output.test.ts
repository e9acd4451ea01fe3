import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ForeignFolderError } from "../../proof/output/mark";
import { publish, withdraw } from "../../lib/synth/publish";

let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-output-"))));
afterEach(() => fs.rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  }
}

function files(directory: string): string[] {
  if (!fs.existsSync(path.join(root, directory))) return [];
  return fs
    .readdirSync(path.join(root, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(root, directory), path.join(entry.parentPath, entry.name)))
    .sort();
}

const mark = (...names: readonly string[]) => JSON.stringify({ writtenBy: "leasehold", files: names });
const out = () => path.join(root, "out");

const stacks = {
  "out/stacks/production-platform/cdk.tf.json": "old",
  "out/stacks/production/cdk.tf.json": "old",
  "out/stacks/production/.terraform.lock.hcl": "terraform's",
  "out/stacks/production/.terraform/providers/x": "terraform's",
  "out/stacks/production/terraform.tfstate": "terraform's",
};
const manifest = JSON.stringify({
  version: "0.21.0",
  stacks: { "production-platform": { synthesizedStackPath: "stacks/production-platform/cdk.tf.json" } },
});
/** What a leasehold wrote that marked nothing. */
const earlier = {
  ...stacks,
  "out/manifest.json": manifest,
  "out/manifests/production/reports.yaml": "old",
  "out/report/access.md": "old",
  "out/bootstrap/production/shop.sql": "old",
};
const TERRAFORMS = [
  "stacks/production/.terraform.lock.hcl",
  "stacks/production/.terraform/providers/x",
  "stacks/production/terraform.tfstate",
];
const aside = {
  "aside/manifest.json": "new",
  "aside/stacks/production/cdk.tf.json": "new",
  "aside/stacks/staging/cdk.tf.json": "new",
  "aside/manifests/staging/reports.yaml": "new",
};
const PUBLISHED = [
  ".leasehold.json",
  "manifest.json",
  "manifests/staging/reports.yaml",
  ...TERRAFORMS,
  "stacks/production/cdk.tf.json",
  "stacks/staging/cdk.tf.json",
].sort();

test("publishing replaces what an earlier synth wrote, and keeps what Terraform keeps there", () => {
  write({ ...earlier, ...aside });
  publish(path.join(root, "aside"), out());
  expect(files("out")).toEqual(PUBLISHED);
  expect(fs.readFileSync(path.join(out(), "stacks/production/cdk.tf.json"), "utf8")).toBe("new");
});

test("publishing into nothing, or into an empty folder, makes the output, and marks it", () => {
  write(aside);
  publish(path.join(root, "aside"), out());
  expect(files("out")).toEqual(PUBLISHED.filter((file) => !TERRAFORMS.includes(file)));
  expect(JSON.parse(fs.readFileSync(path.join(out(), ".leasehold.json"), "utf8"))).toEqual({
    writtenBy: "leasehold",
    files: [
      "manifest.json",
      "manifests/staging/reports.yaml",
      "stacks/production/cdk.tf.json",
      "stacks/staging/cdk.tf.json",
    ],
  });
});

test("withdrawing leaves nothing that could be deployed", () => {
  write(earlier);
  withdraw(out());
  expect(files("out")).toEqual([".leasehold.json", ...TERRAFORMS]);
});

test("a plan that was saved is put aside, and not lost", () => {
  write({ ...earlier, "out/stacks/production/plan": "a", "out/stacks/production/tfplan": "b" });
  withdraw(out());
  expect(files("out")).toEqual(
    [
      ".leasehold.json",
      ...TERRAFORMS,
      "stacks/production/plan.outdated",
      "stacks/production/tfplan.outdated",
    ].sort(),
  );
});

test("withdrawing from nothing is nothing", () => {
  withdraw(out());
  expect(fs.existsSync(out())).toBe(false);
});

test("in a marked folder nothing is removed that the mark does not name, whatever it is called", () => {
  const foreign = {
    "out/report/board.html": "a person's",
    "out/report/access.md": "a person's",
    "out/bootstrap/production/own.sql": "a person's",
    "out/notes.txt": "a person's",
    "out/stacks/other/cdk.tf.json": "a person's",
  };
  write({ ...stacks, ...foreign, "out/.leasehold.json": mark("stacks/production/cdk.tf.json") });
  withdraw(out());
  for (const [file, text] of Object.entries(foreign)) {
    expect(fs.readFileSync(path.join(root, file), "utf8")).toBe(text);
  }
  expect(files("out")).not.toContain("stacks/production/cdk.tf.json");
});

test("what leasehold did not write is not overwritten in a marked folder either", () => {
  write({ ...aside, "out/stacks/staging/cdk.tf.json": "a person's", "out/.leasehold.json": mark() });
  expect(() => publish(path.join(root, "aside"), out())).toThrow(
    /leasehold did not write ".*staging\/cdk.tf.json"/,
  );
  expect(fs.readFileSync(path.join(out(), "stacks/staging/cdk.tf.json"), "utf8")).toBe("a person's");
});

test("nothing is removed through a link that leads out of the folder", () => {
  write({
    "elsewhere/cdk.tf.json": "a person's",
    "out/.leasehold.json": mark("stacks/production/cdk.tf.json"),
  });
  fs.mkdirSync(path.join(out(), "stacks"));
  fs.symlinkSync(path.join(root, "elsewhere"), path.join(out(), "stacks", "production"));
  withdraw(out());
  expect(files("elsewhere")).toEqual(["cdk.tf.json"]);
});

test.each<[string, Record<string, string>]>([
  [
    "of a project",
    { "out/package.json": "{}", "out/report/a": "x", "out/manifest.json": "{}", "out/bootstrap/b": "y" },
  ],
  ["of a project that holds an output", { ...earlier, "out/package.json": "{}" }],
  [
    "with an output and something else in a folder of leasehold's",
    { ...earlier, "out/report/board.html": "x" },
  ],
  ["with a manifest of a browser extension", { "out/manifest.json": '{ "manifest_version": 3 }' }],
  [
    "with the output of another CDKTF program",
    { "out/manifest.json": manifest.replaceAll("-platform", ""), "out/stacks/production/cdk.tf.json": "x" },
  ],
  ["with a saved report", { "out/report/access.md": "x" }],
  ["with a mark that is cut", { ...earlier, "out/.leasehold.json": mark("manifest.json").slice(0, 20) }],
  ["with a mark that leads out of it", { ...earlier, "out/.leasehold.json": mark("../aside/manifest.json") }],
  ["with a mark of another kind", { ...earlier, "out/.leasehold.json": "null" }],
])("a folder %s is refused, and stays as it is to the byte", (_, foreign) => {
  write({ ...foreign, ...aside });
  const before = files("").map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")]);
  expect(() => publish(path.join(root, "aside"), out())).toThrow(ForeignFolderError);
  expect(() => withdraw(out())).toThrow(ForeignFolderError);
  expect(files("").map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")])).toEqual(before);
});

test.each(["", " ", ".", "/", "package.json"])("%j is no output folder", (outdir) => {
  expect(() => withdraw(outdir)).toThrow(ForeignFolderError);
});
