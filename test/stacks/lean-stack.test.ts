import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  App,
  Aspects,
  Mount,
  NamespaceV1,
  TerraformElement,
  TerraformResource,
  TerraformStack,
} from "../../lib/core/terraform";
import { LeanStack } from "../../lib/core/stack";

type Stack = typeof TerraformStack;
type Change = (stack: TerraformStack, mount: Mount, app: App) => void;

/** What two stacks of a class come to on disk, where the second one refers to what is changed. */
function written(Class: Stack, change: Change): Record<string, unknown> {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "lean-"));
  try {
    const app = new App({ outdir, skipValidation: true });
    const stack = new Class(app, "stack");
    const mount = new Mount(stack, "Mount", { path: "db", type: "database", options: { a: "${x}", b: "c" } });
    new NamespaceV1(stack, "Namespace", {
      metadata: { name: "shop", labels: { mounted: mount.path, plain: "yes" } },
      dependsOn: [mount],
    });
    change(stack, mount, app);
    app.synth();
    const read = (name: string): unknown =>
      JSON.parse(fs.readFileSync(path.join(outdir, "stacks", name, "cdk.tf.json"), "utf8"));
    return Object.fromEntries(fs.readdirSync(path.join(outdir, "stacks")).map((name) => [name, read(name)]));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

test.each<[what: string, change: Change]>([
  ["nothing else", () => {}],
  ["an override of a resource", (_, mount) => mount.addOverride("path", "other")],
  ["an override of the stack", (stack) => stack.addOverride("terraform.required_version", ">= 1.11")],
  [
    "an override that the stack lays over a resource",
    (stack) => stack.addOverride("resource.vault_mount.Mount.path", "other"),
  ],
  [
    "an aspect that changes resources",
    (stack) =>
      Aspects.of(stack).add({
        visit: (node) => {
          if (TerraformResource.isTerraformResource(node)) node.addOverride("count", 2);
        },
      }),
  ],
  [
    "an aspect of the whole program",
    (_, mount, app) =>
      Aspects.of(app).add({
        visit: (node) => {
          if (node === mount) mount.addOverride("path", "other");
        },
      }),
  ],
  [
    "a resource that moves",
    (stack, mount) => {
      const before = new Mount(stack, "Before", { path: "before", type: "database" });
      before.moveTo("target");
      new Mount(stack, "After", { path: mount.path, type: "database" }).addMoveTarget("target");
    },
  ],
  [
    "a reference from another stack",
    (_, mount, app) =>
      void new NamespaceV1(new TerraformStack(app, "other"), "Namespace", { metadata: { name: mount.path } }),
  ],
  [
    "a reference to another stack",
    (stack, _, app) => {
      const other = new Mount(new TerraformStack(app, "other"), "Mount", { path: "x", type: "database" });
      new NamespaceV1(stack, "Referring", { metadata: { name: other.path, labels: { plain: "yes" } } });
    },
  ],
])("a stack comes to what it comes to by CDKTF alone: %s", (_, change) => {
  const [lean, plain] = [written(LeanStack, change), written(TerraformStack, change)];
  expect(lean).toEqual(plain);
});

test("a resource that is changed after a synth is another one in the next", () => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "lean-"));
  try {
    const app = new App({ outdir, skipValidation: true });
    const stack = new LeanStack(app, "stack");
    const mount = new Mount(stack, "Mount", { path: "db", type: "database" });
    app.synth();
    mount.path = "changed";
    const { resource } = stack.toTerraform() as { resource: unknown };
    expect(resource).toMatchObject({ vault_mount: { Mount: { path: "changed" } } });
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
});

test("each resource is asked once", () => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "lean-"));
  try {
    const app = new App({ outdir, skipValidation: true });
    const mount = new Mount(new LeanStack(app, "stack"), "Mount", { path: "db", type: "database" });
    const asked = jest.spyOn(
      mount as unknown as { synthesizeAttributes: () => object },
      "synthesizeAttributes",
    );
    app.synth();
    expect(asked).toHaveBeenCalledTimes(1);
    expect(TerraformElement.isTerraformElement(mount)).toBe(true);
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
});
