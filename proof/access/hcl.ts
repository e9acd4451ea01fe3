import type * as Hcl2Json from "@cdktn/hcl2json";
import { parsePlainHcl } from "./plain-hcl";
import { asObject, type ValueObject } from "./read";
import type { Value } from "./value";

/** HCL as Terraform's JSON. The parser is loaded when there is HCL: it takes longer to start than all else. */
export async function parseHcl(file: string, text: string): Promise<unknown> {
  // A dynamic import would need an ES module loader, which not every runner of CommonJS has.
  const { parse } = require("@cdktn/hcl2json") as typeof Hcl2Json;
  return parse(file, text);
}

/** The configuration of one of Vault's own programs, which is HCL or JSON. */
export async function parseConfiguration(file: string, text: string): Promise<ValueObject> {
  const isJson = text.trimStart().startsWith("{");
  const config = isJson
    ? (JSON.parse(text) as unknown)
    : (parsePlainHcl(text) ?? (await parseHcl(file, text)));
  return asObject(config as Value);
}
