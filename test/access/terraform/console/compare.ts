import { Order } from "../../../../proof/access/terraform/order";
import { isUnknown, type Value } from "../../../../proof/access";
import { evaluateModule } from "../../../../proof/access/terraform/module";
import type { Answer } from "./terraform";

/** How an answer of ours is beside Terraform's. */
export type Outcome = "same" | "not known" | "refused by both" | "other value" | "refused by one";

export interface Compared {
  readonly expression: string;
  readonly outcome: Outcome;
  readonly terraform: string;
  readonly ours: string;
}

/** What leasehold makes of expressions in a folder with some files. */
export async function askLeasehold(
  expressions: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<Map<string, Value>> {
  const tf = Object.entries(files).filter(([name]) => name.endsWith(".tf"));
  const values: Record<string, unknown> = {};
  expressions.forEach((expression, index) => (values[`e${index}`] = { value: `\${${expression}}` }));
  const module = await evaluateModule(
    {
      directory: ".",
      root: ".",
      files: [
        ...tf.map(([file, text]) => ({ file, text })),
        { file: "expressions.tf.json", text: JSON.stringify({ output: values }) },
      ],
      inputs: {},
      prefix: "",
      installed: new Map(),
      key: "",
      order: new Order(),
      callers: [],
      folders: { files: new Map(), read: new Map() },
      providers: {},
      budget: { left: 1 },
    },
    { read: (file) => files[file], list: () => [] },
  );
  const outputs = new Map(module.outputs.map(({ name, value }) => [name, value]));
  return new Map(expressions.map((expression, index) => [expression, outputs.get(`e${index}`) ?? null]));
}

export function compare(expression: string, ours: Value, terraform: Answer): Compared {
  const refused = "refused" in terraform;
  const shown = {
    terraform: refused ? "refused" : terraform.json,
    ours: isUnknown(ours) ? ours.constructor.name : text(ours),
  };
  const outcome = (): Outcome => {
    if (isUnknown(ours)) {
      if (ours.constructor.name === "Unknown" || !refused) {
        return ours.constructor.name === "Unknown" ? "not known" : "refused by one";
      }
      return "refused by both";
    }
    if (hasUnknown(ours)) return "not known";
    if (refused) return "refused by one";
    return canonical(JSON.parse(terraform.json)) === canonical(ours) ? "same" : "other value";
  };
  return { expression, outcome: outcome(), ...shown };
}

function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

function text(value: Value): string {
  return JSON.stringify(value);
}

/** Terraform's objects have no order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
