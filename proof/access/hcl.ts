import type * as Hcl2Json from "@cdktn/hcl2json";

/** HCL as Terraform's JSON. The parser is loaded when there is HCL: it takes longer to start than all else. */
export async function parseHcl(file: string, text: string): Promise<unknown> {
  // A dynamic import would need an ES module loader, which not every runner of CommonJS has.
  const { parse } = require("@cdktn/hcl2json") as typeof Hcl2Json;
  return parse(file, text);
}
