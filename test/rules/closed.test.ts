import fc from "fast-check";
import { anyDeclaration } from "../support/any-declaration";
import { RenderedEnvironments } from "../support/rules-mutations";

/** What leasehold renders, leasehold understands. */
test("the proof says nothing against whatever can be declared", async () => {
  await fc.assert(
    fc.asyncProperty(anyDeclaration, async (environment) => {
      const { findings, failures } = await new RenderedEnvironments([environment]).findingsAfter(
        environment,
        () => {},
      );
      const own = findings.filter(({ rule }) => rule.startsWith("proof/"));
      expect(own.map(({ resource, message }) => `${resource}: ${message}`)).toEqual([]);
      expect(failures).toEqual([]);
    }),
    { numRuns: Number(process.env["LEASEHOLD_RUNS"] ?? 40), endOnFailure: true },
  );
}, 3_600_000);
