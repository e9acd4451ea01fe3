import { isUnknown, Unknown, type Value } from "../value";
import type { ValueObject } from "../read";
import { collectionFunctions } from "./functions-collections";
import { encodingFunctions } from "./functions-encoding";
import { fileFunctions } from "./functions-files";
import { numberFunctions } from "./functions-numbers";
import { textFunctions } from "./functions-texts";
import type { TerraformFunction } from "./function";
import { Refusal, Unsure } from "./refusal";
import { isRefused, Refused } from "./scope";
import { convert } from "./types";

/** Files that expressions may read. */
export interface Files {
  /** Text of a file; nothing where it is not there. */
  read(file: string): string | undefined;
  /** Text of a template with these variables. */
  render(template: string, variables: ValueObject): Value;
}

const FUNCTIONS: Readonly<Record<string, TerraformFunction>> = {
  ...collectionFunctions,
  ...encodingFunctions,
  ...fileFunctions,
  ...numberFunctions,
  ...textFunctions,
};

/** Functions whose values are computed here; those of the other ones are not known. */
export const KNOWN_FUNCTIONS: readonly string[] = ["can", "try", ...Object.keys(FUNCTIONS)];

/** The value of a function of Terraform's; unknown where an argument is, or where we do not have it. */
export function callFunction(name: string, args: readonly Value[], files: Files, source: string): Value {
  if (name === "try") {
    const index = args.findIndex((value) => !isRefused(value));
    return index < 0 ? new Refused(source) : (args[index] as Value);
  }
  if (name === "can") return canBe(args);
  const refused = args.find(isRefused);
  if (refused) return refused;
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found === undefined) return new Unknown(source);
  try {
    const checked = checkedArguments(found, args);
    const unknown = checked.find(({ value, partial }) => (partial ? isUnknown(value) : unknownIn(value)));
    if (unknown) return unknownIn(unknown.value) ?? new Unknown(source);
    return found.call(
      checked.map(({ value }) => value),
      files,
    );
  } catch (error) {
    if (error instanceof Refusal) return new Refused(source);
    // Also what a decoder of JSON or YAML throws: Terraform's may read it.
    if (error instanceof Unsure || error instanceof Error) return new Unknown(source);
    throw error;
  }
}

function canBe([value = null]: readonly Value[]): Value {
  if (isRefused(value)) return false;
  return isUnknown(value) ? value : true;
}

function checkedArguments({ parameters, variadic, optional = 0 }: TerraformFunction, args: readonly Value[]) {
  if (args.length < parameters.length - optional) throw new Refusal();
  return args.map((value, index) => {
    const parameter = parameters[index] ?? variadic;
    if (parameter === undefined) throw new Refusal();
    if (value === null && parameter.nullable !== true) throw new Refusal();
    return { value: convert(value, parameter.type), partial: parameter.partial === true };
  });
}

function unknownIn(value: Value): Unknown | undefined {
  if (isUnknown(value)) return value;
  if (typeof value !== "object" || value === null) return undefined;
  for (const each of Object.values(value)) {
    const unknown = unknownIn(each as Value);
    if (unknown) return unknown;
  }
  return undefined;
}
