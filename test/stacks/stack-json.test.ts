import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { App, Aspects, Mount, TerraformStack, VaultProvider } from "../../lib/core/terraform";
import { writtenHere } from "../../lib/synth/stack-json";

/** The bytes of a stack's JSON. */
function written(prepare: (stack: TerraformStack) => void): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "stack-json-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "stack");
    new VaultProvider(stack, "Vault", { address: "https://vault.acme.internal:8200" });
    const mount = new Mount(stack, "Mount", {
      path: "db",
      type: "database",
      options: { ü: 'a"\\\n', b: "${x}" },
    });
    for (const [key, value] of Object.entries({
      numbered: { "10": 1, "9": 2, a: 3, A: 4 },
      empty: [{}, [], [[]], "", null, 0, false],
      deep: [[{ b: [1, { d: 1.5, c: -2 }] }]],
      "a key": "\u2028\ud800",
    }))
      mount.addOverride(`options.${key}`, value);
    Aspects.of(stack).add({
      visit: (node) => void (node instanceof TerraformStack && node.addOverride("x.y", [])),
    });
    prepare(stack);
    app.synth();
    return fs.readFileSync(path.join(outdir, "stacks", "stack", "cdk.tf.json"), "utf8");
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

test("what we write of a stack is what CDKTF writes, to the byte", () => {
  const ours = written(writtenHere);
  expect(ours).toContain('"10": 1');
  expect(ours).toBe(written(() => {}));
});

test("a stack that CDKTF refuses is not written", () => {
  const refused = (stack: TerraformStack) => {
    writtenHere(stack);
    stack.node.addValidation({ validate: () => ["no"] });
  };
  expect(() => written(refused)).toThrow("no");
});
