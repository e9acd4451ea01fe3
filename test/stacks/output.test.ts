import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { publish, withdraw } from "../../stacks/output";

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

const earlier = {
  "out/manifest.json": "old",
  "out/manifests/production/reports.yaml": "old",
  "out/stacks/production/cdk.tf.json": "old",
  "out/stacks/production/plan": "old",
  "out/stacks/production/tfplan": "old",
  "out/stacks/production/.terraform.lock.hcl": "terraform's",
  "out/stacks/production/.terraform/providers/x": "terraform's",
  "out/stacks/retired/cdk.tf.json": "old",
};

test("publishing replaces what an earlier synth wrote, and keeps what Terraform keeps there", () => {
  write({
    ...earlier,
    "aside/manifest.json": "new",
    "aside/stacks/production/cdk.tf.json": "new",
    "aside/stacks/staging/cdk.tf.json": "new",
    "aside/manifests/staging/reports.yaml": "new",
  });
  publish(path.join(root, "aside"), path.join(root, "out"));
  expect(files("out")).toEqual([
    "manifest.json",
    "manifests/staging/reports.yaml",
    "stacks/production/.terraform.lock.hcl",
    "stacks/production/.terraform/providers/x",
    "stacks/production/cdk.tf.json",
    "stacks/staging/cdk.tf.json",
  ]);
  expect(fs.readFileSync(path.join(root, "out/stacks/production/cdk.tf.json"), "utf8")).toBe("new");
});

test("publishing into nothing makes the output", () => {
  write({ "aside/manifest.json": "new", "aside/stacks/a/cdk.tf.json": "new" });
  publish(path.join(root, "aside"), path.join(root, "out"));
  expect(files("out")).toEqual(["manifest.json", "stacks/a/cdk.tf.json"]);
});

test("withdrawing leaves nothing that could be deployed", () => {
  write(earlier);
  withdraw(path.join(root, "out"));
  expect(files("out")).toEqual([
    "stacks/production/.terraform.lock.hcl",
    "stacks/production/.terraform/providers/x",
  ]);
});

test("withdrawing from nothing is nothing", () => {
  expect(() => withdraw(path.join(root, "out"))).not.toThrow();
});
