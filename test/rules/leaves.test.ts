import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { leavesOf, mutationsOf, replaced, type LeafMutation } from "../support/rendered-leaves";
import { RenderedEnvironments } from "../support/rules-mutations";
import { SURVIVORS } from "./survivors";

/**
 * Every leaf of what is rendered for production, dropped, changed, and with its neighbour's value. A sample of them;
 * `npm run mutations` tries all, and LEASEHOLD_LEAVES_OF those whose pattern it matches.
 */
const EVERY = process.env.LEASEHOLD_LEAVES === "all" ? 1 : 13;
const OF = new RegExp(process.env.LEASEHOLD_LEAVES_OF ?? "");

const rendered = new RenderedEnvironments([staging, production]);
const mutations = rendered
  .stacksOf(production)
  .flatMap(([stack, json]) => mutationsOf(leavesOf(json)).map((mutation) => ({ stack, mutation })))
  .filter(({ mutation }) => OF.test(mutation.leaf.pattern))
  .filter((_, index) => index % EVERY === 0);

test("whatever leaf is spoilt, there is a finding, or a reason for none", async () => {
  const survived: LeafMutation[] = [];
  for (const { stack, mutation } of mutations) {
    const { leaf, value } = mutation;
    const rules = await rendered.rulesAfter(production, (spoilt) =>
      spoilt.change(stack, (json) => replaced(json, leaf.path, value)),
    );
    if (rules?.length === 0) survived.push(mutation);
  }
  const noticed = mutations.length - survived.length;
  const share = ((100 * noticed) / mutations.length).toFixed(1);
  process.stdout.write(`\n${noticed} of ${mutations.length} spoilt leaves were noticed: ${share} %\n`);
  process.stdout.write(
    survived
      .filter((each) => !isExpected(each))
      .map(told)
      .join("\n"),
  );
}, 3_600_000);

function told({ kind, leaf, value }: LeafMutation): string {
  return `${kind} ${leaf.pattern}: ${shown(leaf.value)} -> ${shown(value)}`;
}

function isExpected({ leaf, kind }: LeafMutation): boolean {
  return SURVIVORS.some((each) => each.leaf.test(leaf.pattern) && each.kinds.includes(kind));
}

function shown(value: LeafMutation["value"]): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 70);
}

test("every reason is of a leaf that there is", () => {
  const patterns = rendered
    .stacksOf(production)
    .flatMap(([, json]) => leavesOf(json).map(({ pattern }) => pattern));
  expect(SURVIVORS.filter(({ leaf }) => !patterns.some((pattern) => leaf.test(pattern)))).toEqual([]);
});
