import fs from "node:fs";
import path from "node:path";
import type { TerraformStack } from "../core/terraform";

/**
 * Has us write what a stack comes to, to the same byte: CDKTF's writer takes several times as long. All else that CDKTF
 * does with a stack it does as ever; what it writes itself is empty, and is replaced at once.
 */
export function writtenHere(stack: TerraformStack): void {
  const { synthesizer } = stack;
  const comesTo = stack.toTerraform.bind(stack);
  stack.synthesizer = {
    synthesize: (session) => {
      let made: unknown;
      // It is asked once aspects and validations have been.
      stack.toTerraform = () => {
        made = comesTo();
        return {};
      };
      try {
        synthesizer.synthesize(session);
      } finally {
        stack.toTerraform = comesTo;
      }
      const { synthesizedStackPath } = session.manifest.forStack(stack);
      fs.writeFileSync(path.join(session.outdir, synthesizedStackPath), stableJson(made) ?? "");
    },
  };
}

/** JSON with keys in the order of their code units, also those that look like numbers; nothing of what JSON has no word for. */
function stableJson(value: unknown, indent = "\n"): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return `[${value.map((each) => inner + (stableJson(each, inner) ?? "null")).join(",")}${indent}]`;
  let text = "";
  for (const key of Object.keys(value).sort()) {
    const part = stableJson((value as Readonly<Record<string, unknown>>)[key], inner);
    if (part !== undefined) text += `${text === "" ? "" : ","}${inner}${JSON.stringify(key)}: ${part}`;
  }
  return `{${text}${indent}}`;
}
