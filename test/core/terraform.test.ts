import { ConfigMapV1 as Bare } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Token } from "cdktf";
import fc from "fast-check";
import { App, ConfigMapV1, Fn, Mount, TerraformStack, withoutTraces } from "../../lib/core/terraform";

/** Resource of its kind alone in a stack, as JSON. */
function rendered(Class: typeof Bare, data: Record<string, string>, labels: Record<string, string>): string {
  const stack = new TerraformStack(new App({ outdir: "never-written" }), "stack");
  new Class(stack, "Map", { metadata: { name: "map", labels }, data, dependsOn: [] });
  const { resource } = stack.toTerraform() as { resource: unknown };
  return JSON.stringify(resource);
}

test("what holds no token comes out as CDKTF itself resolves it", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "1e+308",
      "-1.8e+289",
      "pod-e2e-1",
      "#{x}",
      "&{x}",
      "TfToken",
      "$${x}",
      "a\nb",
      "{{ x }}",
    ),
  );
  // These are what the door escapes, and CDKTF does not.
  const plain = text.filter((each) => !/[$%]\{|^$/.test(each) && each !== "__proto__");
  const map = fc.dictionary(plain, plain, { noNullPrototype: true });
  fc.assert(
    fc.property(map, map, (data, labels) => {
      expect(rendered(ConfigMapV1 as unknown as typeof Bare, data, labels)).toBe(
        rendered(Bare, data, labels),
      );
    }),
  );
});

test("a token is resolved wherever it stands beside plain values", () => {
  const stack = new TerraformStack(new App({ outdir: "never-written" }), "stack");
  const mount = new Mount(stack, "Mount", { path: "db", type: "database" });
  const seconds = Token.asString(Fn.lengthOf(["a"]));
  new ConfigMapV1(stack, "Map", {
    metadata: { name: mount.path, labels: { a: "plain", [mount.type]: "key" } },
    data: { plain: "text", mixed: `${mount.path}/x`, length: seconds },
  });
  const { resource } = stack.toTerraform() as { resource: Record<string, unknown> };
  expect(resource["kubernetes_config_map_v1"]).toMatchObject({
    Map: {
      metadata: {
        name: "${vault_mount.Mount.path}",
        labels: { a: "plain", "${vault_mount.Mount.type}": "key" },
      },
      data: { plain: "text", mixed: "${vault_mount.Mount.path}/x", length: '${length(["a"])}' },
    },
  });
});

test("an error from within has its trace, and nothing else loses one", () => {
  let caught: unknown;
  try {
    withoutTraces(() => {
      throw new Error("broken");
    });
  } catch (error) {
    caught = error;
  }
  for (const error of [caught as Error, new Error("afterwards")])
    expect(error.stack).toMatch(/^Error: \w+\n\s+at .*terraform\.test/);
});
