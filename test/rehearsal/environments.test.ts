import fc from "fast-check";
import type { Environment } from "../../lib/environment/environment";
import { perform } from "../../lib/synth/perform";
import { anyDeclaration } from "../support/any-declaration";
import { maximal } from "../support/maximal";
import { RenderedEnvironments } from "../support/rules-mutations";

const generated = fc.sample(anyDeclaration, {
  numRuns: Number(process.env["LEASEHOLD_RUNS"] ?? 6),
  seed: Number(process.env["LEASEHOLD_SEED"] ?? 1),
});

/** Nothing that can be declared comes to something else where it runs. */
test.each<[string, readonly Environment[]]>([
  ["every kind of declaration", maximal],
  ["generated ones", generated.map((each, index) => ({ ...each, name: `generated-${index}` }))],
])(
  "%s: the SQL comes to what is declared",
  async (_, environments) => {
    const problems = await new RenderedEnvironments(environments).executed(perform);
    expect(problems).toEqual([]);
  },
  3_600_000,
);
