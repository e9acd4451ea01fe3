import fc from "fast-check";
import type { Environment } from "../../lib/environment/environment";
import { environments } from "../../template/project/stacks";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { synthesizeAside } from "../support/environment";
import { anyEnvironment } from "../support/rules-environments";
import { RenderedEnvironments } from "../support/rules-mutations";
import { MUTATIONS } from "./mutations";

/** LEASEHOLD_RUNS for a search on purpose. */
const RUNS = Number(process.env.LEASEHOLD_RUNS ?? 40);

const caught = new Map<string, readonly string[]>();

describe("what was rendered for production, spoilt", () => {
  const rendered = new RenderedEnvironments([staging, production]);

  test("nothing fires on it as it is", async () => {
    expect(await rendered.rulesAfter(production, () => {})).toEqual([]);
  });

  test.each(MUTATIONS)("%s: %s", async (title, rule, spoil) => {
    const rules = await rendered.rulesAfter(production, spoil);
    expect(rules).toContain(rule);
    caught.set(title, rules ?? []);
  });
});

/** Who caught what, for those who read the output of the tests. */
afterAll(() => {
  const width = Math.max(...MUTATIONS.map(([title]) => title.length));
  const lines = MUTATIONS.map(([title, rule]) => {
    const others = (caught.get(title) ?? []).filter((other) => other !== rule);
    const by = caught.get(title)?.includes(rule) ? rule : "NOBODY";
    return `${title.padEnd(width)}  ${by}${others.length > 0 ? `  (and ${others.join(", ")})` : ""}`;
  });
  process.stdout.write(`\n${MUTATIONS.length} mutations, and who caught them\n${lines.join("\n")}\n`);
});

test("no rule says anything about the environments that there are", async () => {
  expect((await synthesizeAside(environments)).findings).toEqual([]);
});

test("no rule says anything about any valid environment, and every mutation of it is caught", async () => {
  await fc.assert(
    fc.asyncProperty(anyEnvironment, fc.nat(), async (environment: Environment, seed) => {
      const rendered = new RenderedEnvironments([environment]);
      expect(await rendered.rulesAfter(environment, () => {})).toEqual([]);
      // A handful each time: the sum over all runs is what counts.
      for (let step = 0; step < 6; step++) {
        const [title, rule, spoil] = MUTATIONS[(seed + step * 17) % MUTATIONS.length]!;
        if (rule.startsWith("parity/")) continue;
        const rules = await rendered.rulesAfter(environment, spoil);
        expect({ title, rules: rules ?? [rule] }).toEqual({ title, rules: expect.arrayContaining([rule]) });
      }
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);
