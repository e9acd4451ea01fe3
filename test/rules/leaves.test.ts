import fc from "fast-check";
import type { DeclaredEnvironment } from "../../lib/environment/environment";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { leavesOf, mutationsOf, replaced, type LeafMutation } from "../support/rendered-leaves";
import { anyEnvironment } from "../support/rules-environments";
import { withPeople } from "../support/people";
import { RenderedEnvironments } from "../support/rules-mutations";
import { twoClusters } from "../support/two-clusters";
import { inVaultNamespace } from "../support/vault-namespace";
import { SURVIVORS } from "./survivors";

/**
 * Every leaf of what is rendered, dropped, changed, and with its neighbour's value. The suite takes a sample of them;
 * `npm run mutations` tries all of production's, and LEASEHOLD_LEAVES_OF those whose pattern it matches.
 */
const ALL = process.env.LEASEHOLD_LEAVES === "all";
const OF = new RegExp(process.env.LEASEHOLD_LEAVES_OF ?? "");

/** Of each hundred leaves so many must be noticed. */
const WANTED = 97;

interface Tried {
  readonly all: number;
  readonly survived: readonly LeafMutation[];
}

async function tried(
  rendered: RenderedEnvironments,
  environment: DeclaredEnvironment,
  every: number,
  stacks = /(?:)/,
  of = OF,
): Promise<Tried> {
  const mutations = rendered
    .stacksOf(environment)
    .filter(([stack]) => stacks.test(stack))
    .flatMap(([stack, json]) => mutationsOf(leavesOf(json)).map((mutation) => ({ stack, mutation })))
    .filter(({ mutation }) => of.test(mutation.leaf.pattern))
    .filter((_, index) => index % every === 0);
  const survived: LeafMutation[] = [];
  for (const { stack, mutation } of mutations) {
    const { leaf, value } = mutation;
    const rules = await rendered.rulesAfter(environment, (spoilt) =>
      spoilt.change(stack, (json) => replaced(json, leaf.path, value)),
    );
    if (rules?.length === 0) survived.push(mutation);
  }
  return { all: mutations.length, survived };
}

function expectNoticed(what: string, { all, survived }: Tried, wanted = WANTED): void {
  const share = (100 * (all - survived.length)) / all;
  process.stdout.write(
    `\n${what}: ${all - survived.length} of ${all} spoilt leaves were noticed: ${share.toFixed(1)} %\n`,
  );
  expect(survived.filter((each) => !isExpected(each)).map(told)).toEqual([]);
  expect(share).toBeGreaterThanOrEqual(wanted);
}

const rendered = new RenderedEnvironments([staging, production]);

test("whatever leaf of production is spoilt, there is a finding, or a reason for none", async () => {
  expectNoticed("production", await tried(rendered, production, ALL ? 1 : 13));
}, 3_600_000);

test("so of an environment in two clusters", async () => {
  expectNoticed(
    "two clusters",
    await tried(new RenderedEnvironments([twoClusters]), twoClusters, ALL ? 1 : 29),
  );
}, 3_600_000);

test("so of the people of an environment", async () => {
  const people = new RenderedEnvironments([withPeople]);
  // Every leaf of a small stack, in which the few that are decisions weigh more.
  expectNoticed("people", await tried(people, withPeople, 1, /^production-people$/), 96);
}, 3_600_000);

test("so of a namespace of Vault", async () => {
  const inNamespace = new RenderedEnvironments([inVaultNamespace]);
  // What the namespace adds; the rest is that of production.
  const of = /vault_?namespace|provider\.vault|hashicorp\.com\/(namespace|agent-init-json-patch)/i;
  expectNoticed("namespace of Vault", await tried(inNamespace, inVaultNamespace, 1, /(?:)/, of));
}, 3_600_000);

test("so of environments of other shapes", async () => {
  const environments = fc.sample(anyEnvironment, { numRuns: ALL ? 40 : 6, seed: 16 });
  const each = [];
  for (const environment of environments)
    each.push(await tried(new RenderedEnvironments([environment]), environment, 41));
  expectNoticed("generated environments", {
    all: each.reduce((sum, { all }) => sum + all, 0),
    survived: each.flatMap(({ survived }) => survived),
  });
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
  const patterns = [
    ...rendered.stacksOf(production),
    ...new RenderedEnvironments([withPeople]).stacksOf(withPeople),
  ].flatMap(([, json]) => leavesOf(json).map(({ pattern }) => pattern));
  expect(SURVIVORS.filter(({ leaf }) => !patterns.some((pattern) => leaf.test(pattern)))).toEqual([]);
});
