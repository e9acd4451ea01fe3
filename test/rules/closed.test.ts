import fc from "fast-check";
import { anyDeclaration } from "../support/any-declaration";
import { maximal } from "../support/maximal";
import { RenderedEnvironments } from "../support/rules-mutations";

/** Everything that can be declared is rendered in a way that the proof understands, uses and finds whole. */
describe("what is rendered of every kind of declaration", () => {
  const rendered = new RenderedEnvironments(maximal);

  test.each(maximal.map((environment) => [environment.name, environment] as const))(
    "%s",
    async (_, environment) => {
      const { findings } = await rendered.findingsAfter(environment, () => {});
      expect(findings.filter(({ rule }) => rule.startsWith("proof/"))).toEqual([]);
    },
  );
});

describe("of one injector none may be unavailable, for Helm would wait for none", () => {
  const dev = maximal.find(({ name }) => name === "all-dev")!;
  const rendered = new RenderedEnvironments([dev]);
  const rolling = "RollingUpdate\n    rollingUpdate:\n      maxSurge: 0\n      maxUnavailable: 1";

  test.each([
    [`\n    type: ${rolling}`, /^values\.injector\.strategy must be Recreate, or Helm does not wait/],
    ["\n    type: RollingUpdate", /^values\.injector\.strategy must be Recreate, or Helm does not wait/],
    [" Recreate", /^values\.injector\.strategy /],
    [" null", /^values\.injector\.strategy /],
  ])("strategy:%s", async (strategy, message) => {
    const { findings, failures } = await rendered.findingsAfter(dev, (spoilt) =>
      spoilt.values((text) => text.replace(/(?<=\n {2}strategy:)\n {4}type: "Recreate"/, strategy)),
    );
    const own = findings.filter(({ rule }) => rule === "proof/not-understood");
    expect(own.map((finding) => finding.message)).toEqual([expect.stringMatching(message)]);
    expect(failures).toEqual([]);
  });
});

test("the proof says nothing against whatever can be declared", async () => {
  await fc.assert(
    fc.asyncProperty(anyDeclaration, async (environment) => {
      const { findings, failures } = await new RenderedEnvironments([environment]).findingsAfter(
        environment,
        () => {},
      );
      const own = findings.filter(({ rule }) => rule.startsWith("proof/"));
      expect(own.map(({ rule, resource, message }) => `${rule} ${resource}: ${message}`)).toEqual([]);
      expect(failures).toEqual([]);
    }),
    { numRuns: Number(process.env["LEASEHOLD_RUNS"] ?? 40), endOnFailure: true },
  );
}, 3_600_000);
