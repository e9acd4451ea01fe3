import { known } from "../../access";
import type { Rule } from "../rule";
import { show } from "../words";
import { EXAMPLE } from "./example";
import { pairs, serviceOf } from "./services";

export const format: Rule = {
  id: "parity/format",
  severity: "error",
  title: "credentials file that differs from the environment before",
  why: "The application that read one file in staging reads another in production: parsing it is tried by the first pod there.",
  example: {
    language: "yaml",
    before: { from: "shop.json", to: "shop.env" },
    text: EXAMPLE,
  },
  *check(graph, { limits, predecessor }) {
    if (limits.parity === "any" || predecessor === undefined) return;
    for (const [chain, before] of pairs(graph, predecessor.graph)) {
      const [here, there] = [chain.use, before.use];
      const at = chain.workload.origin;
      const service = show(serviceOf(chain.workload));
      const fix = `write the same in both, or change it in ${predecessor.name} first`;
      if (known(here.file) !== known(there.file)) {
        const message = `${service} reads ${show(here.file)} here and ${show(there.file)} in ${predecessor.name}`;
        yield { at, message, fix };
      } else if (shape(known(here.template)) !== shape(known(there.template))) {
        yield { at, message: `the template of ${service} differs from the one in ${predecessor.name}`, fix };
      }
    }
  },
};

/** A template without the path and without where a URL leads, which may be others. */
function shape(template: string | undefined): string | undefined {
  return template
    ?.replace(/secret\s+("[^"]*"|`[^`]*`)/g, "secret")
    .replace(/(postgres(?:ql)?:\/\/[^@\n]*@)[^/?\s]+\/[^?\s]*/g, "$1server/database");
}
