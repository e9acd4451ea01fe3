import { RenderedEnvironments } from "../support/rules-mutations";
import { maximal } from "../support/maximal";

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
