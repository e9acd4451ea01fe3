import { everyRule } from "../../proof/rules";
import { evidenceOf } from "../../proof/rules/evidence";
import { judgeExample } from "../../proof/rules/example";

test.each([
  ['INSERT is granted on "orders", and no sequence is', ["orders", "INSERT"]],
  ["the Deployment has 1 replica, and the guardrail asks for 2", ["1", "2"]],
  ["nothing keeps an apply from destroying it", []],
  [
    'vault_mount.database["a b"] says "a \\"b\\"": it is 30m (a tenth)',
    ['vault_mount.database["a b"]', "30m"],
  ],
])("what %s names", (message, evidence) => {
  expect(evidenceOf(message).sort()).toEqual(expect.arrayContaining(evidence));
});

/** Words of an example that somebody chose: what a message says of one of them must be evidence. */
const CHOSEN = /[a-z]{4,}/g;

describe.each(everyRule.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  test("a message that names something else has other evidence", async () => {
    const before = await judgeExample(rule);
    const said = new Set(before.flatMap(({ message }) => message.match(CHOSEN) ?? []));
    const words = new Set(rule.example.text.match(CHOSEN) ?? []);
    for (const word of [...words].filter((each) => said.has(each))) {
      const text = rule.example.text.replaceAll(new RegExp(`\\b${word}\\b`, "g"), `${word}ly`);
      const after = await judgeExample(rule, text).catch(() => []);
      const changed = after.filter(({ message }) => message.includes(`${word}ly`));
      for (const { message, evidence } of changed)
        for (const each of before)
          expect([word, message, evidence]).not.toEqual([word, expect.anything(), each.evidence]);
    }
  });
});
