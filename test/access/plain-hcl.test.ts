import fc from "fast-check";
import { parseHcl } from "../../proof/access/hcl";
import { parsePlainHcl } from "../../proof/access/plain-hcl";

const name = fc.constantFrom("storage", "listener", "path", "a_1", "constructor", "retry_join");
const value = fc.oneof(
  fc.constantFrom(
    '"tcp"',
    '""',
    '"[::]:8200"',
    '"a#b //c"',
    '"a ${b}"',
    '"%{ if x }"',
    '"\\n"',
    '"é"',
    '"$"',
  ),
  fc.constantFrom("0", "1", "007", "-1", "1.5", "true", "false", "null", "[1]", "x", "123456789012345678"),
);
const attribute = fc.tuple(name, value).map(([key, text]) => [`${key} = ${text}`]);
const { block } = fc.letrec<{ block: string[]; line: string[] }>((tie) => ({
  block: fc
    .tuple(
      name,
      fc.constantFrom("", ' "raft"', ' "x" "y"', " raft"),
      fc.oneof(
        fc.constant(undefined),
        fc.array(tie("line"), { maxLength: 3 }).map((lines) => lines.flat()),
      ),
    )
    .map(([type, labels, body]) =>
      body === undefined
        ? [`${type}${labels} {}`]
        : [`${type}${labels} {`, ...body.map((line) => `  ${line}`), "}"],
    ),
  line: fc.oneof({ depthSize: "small" }, attribute, attribute, tie("block")),
}));
const text = fc
  .array(fc.oneof(block, attribute, fc.constantFrom([""], ["# a comment"], ["}"])), { maxLength: 4 })
  .map((lines) => lines.flat().join("\n"));

test("what is read without the parser of HCL is what the parser reads", async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(text, async (hcl) => {
      const plain = parsePlainHcl(hcl);
      if (plain === undefined) return;
      read += 1;
      expect(JSON.stringify(plain)).toBe(JSON.stringify(await parseHcl("vault.hcl", hcl)));
    }),
    { numRuns: 1000 },
  );
  expect(read).toBeGreaterThan(100);
});
