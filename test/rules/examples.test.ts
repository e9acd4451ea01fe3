import fs from "node:fs";
import path from "node:path";
import { CATEGORIES, everyRule } from "../../proof/rules";
import { ruleDocumentation } from "../../proof/rules/documentation";
import { judgeExample } from "../../proof/rules/example";
import { NEAR_MISSES } from "./near-misses";

describe.each(everyRule.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("fires on its example, at a resource of it, and says what to do", async () => {
    const findings = await judgeExample(rule);
    expect(findings.length).toBeGreaterThan(0);
    for (const { resource, message, fix, line } of findings) {
      const name = resource.split(/[./]/).at(-1)?.replace(/\[.*/, "") ?? "";
      expect(rule.example.text).toContain(name);
      expect(line).toEqual(expect.any(Number));
      expect(message).toMatch(/^[^.].*[^.]$/);
      expect(fix).toMatch(/^\S.{8,}/);
    }
  });

  test("does not fire on the near miss", async () => {
    const [from, to] = NEAR_MISSES[id] ?? ["", ""];
    const text = rule.example.text.replace(from, to);
    expect(text).not.toBe(rule.example.text);
    expect(await judgeExample(rule, text)).toEqual([]);
  });
});

test("ids are unique, of a known category, and every near miss is of a rule", () => {
  const ids = everyRule.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !CATEGORIES.some((category) => id.startsWith(`${category}/`)))).toEqual([]);
  expect(Object.keys(NEAR_MISSES).sort()).toEqual([...ids].sort());
});

/** The document holds what each rule says on its example, word by word. */
test("docs/rules.md is what the rules say", async () => {
  const file = path.join(__dirname, "../../docs/rules.md");
  expect(fs.readFileSync(file, "utf8")).toBe(await ruleDocumentation(everyRule));
});
