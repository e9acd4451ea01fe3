import fc from "fast-check";
import { affectedBy, type Output } from "../../lib/synth/affected";

const stack = (value: unknown, ...dependencies: readonly string[]) => ({
  terraform: { "//": { metadata: { version: value } }, resource: { a: value } },
  dependencies,
});
const output = (stacks: Output["stacks"], files: Output["files"] = {}): Output => ({ stacks, files });

const base = output(
  {
    vault: stack(1),
    platform: stack(1, "vault"),
    services: stack(1, "platform"),
    team: stack(1, "platform"),
  },
  { "bootstrap/shop.sql": "a" },
);

test("nothing is touched by the same, nor by a comment", () => {
  const other = Object.fromEntries(
    Object.entries(base.stacks).map(([name, { terraform, dependencies }]) => [
      name,
      { dependencies, terraform: { ...terraform, "//": "another version" } },
    ]),
  );
  expect(affectedBy(base, output(other, base.files))).toEqual({ stacks: [], files: [], of: 4 });
});

test("what is touched comes in the order of apply, by waves, whatever the order of the manifest", () => {
  const head = output({
    team: stack(2, "platform"),
    services: stack(2, "platform"),
    platform: stack(2, "vault"),
    vault: stack(1),
  });
  expect(affectedBy(base, head).stacks).toEqual([
    { stack: "platform", change: "changed", wave: 1 },
    { stack: "services", change: "changed", wave: 2 },
    { stack: "team", change: "changed", wave: 2 },
  ]);
});

test("a new one, and those that are gone in the order in which they are destroyed", () => {
  const head = output({ vault: stack(1), people: stack(1, "vault") });
  expect(affectedBy(base, head).stacks).toEqual([
    { stack: "people", change: "new", wave: 1 },
    { stack: "services", change: "gone", wave: 2 },
    { stack: "team", change: "gone", wave: 2 },
    { stack: "platform", change: "gone", wave: 2 },
  ]);
});

test("what a DBA runs is touched as well, though no stack is", () => {
  const filesOf = (files: Output["files"]) => affectedBy(base, output(base.stacks, files));
  expect(filesOf({ "bootstrap/shop.sql": "b" })).toEqual({
    stacks: [],
    files: [{ file: "bootstrap/shop.sql", change: "changed" }],
    of: 4,
  });
  expect(filesOf({ "manifests/orders.yaml": "a" }).files).toEqual([
    { file: "bootstrap/shop.sql", change: "gone" },
    { file: "manifests/orders.yaml", change: "new" },
  ]);
});

test("no stack comes before one that it depends on", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const anyOutput = fc
    .tuple(...names.map((_, index) => fc.subarray(names.slice(0, index))))
    .chain((dependencies) =>
      fc
        .shuffledSubarray(names, { minLength: names.length })
        .map((order) =>
          output(
            Object.fromEntries(order.map((name) => [name, stack(1, ...dependencies[names.indexOf(name)]!)])),
          ),
        ),
    );
  fc.assert(
    fc.property(anyOutput, (head) => {
      const { stacks } = affectedBy(output({}), head);
      const order = stacks.map(({ stack: name }) => name);
      expect([...order].sort()).toEqual(names);
      for (const { stack: name, wave } of stacks)
        for (const before of head.stacks[name]!.dependencies) {
          expect(order.indexOf(before)).toBeLessThan(order.indexOf(name));
          expect(stacks.find((each) => each.stack === before)!.wave).toBeLessThan(wave);
        }
    }),
  );
});
