import { distance } from "fastest-levenshtein";
import type { z } from "zod";
import { inWords, plainData, propertyAt, type Step } from "./plain";
import { WITHHELD, Words, type Problem } from "@leasehold/proof/core";
import { holdsSecret } from "@leasehold/proof/core";

type Issue = z.core.$ZodIssue;

/** A value of the type, or what is wrong with it. */
export type Shaped<T> =
  { readonly value: T; readonly problems?: never } | { readonly problems: readonly Problem[] };

/**
 * Reads what somebody wrote by a schema. The value is a copy that holds plain data alone, without keys that
 * nobody set.
 *
 * @param schema which it is may depend on the value
 */
export function readShape<T>(
  schema: z.ZodType<T> | ((value: unknown) => z.ZodType<T>),
  written: unknown,
): Shaped<T> {
  const { value, problems } = plainData(written, textProblems);
  const checked = (typeof schema === "function" ? schema(value) : schema).safeParse(value);
  const seen = new Set(problems.map(({ property }) => property));
  const all = checked.success
    ? problems
    : [
        ...problems,
        ...checked.error.issues
          .flatMap((issue) => issueProblems(issue, [], value))
          // A value that is no data was left out of the copy: that it is missing would be said twice.
          .filter(({ property }) => !seen.has(property)),
      ];
  return all.length > 0 ? { problems: all } : { value: value as T };
}

/** Everything that is wrong with the shape of a value. */
export function shapeProblems(schema: z.ZodType, written: unknown): readonly Problem[] {
  return readShape(schema, written).problems ?? [];
}

/** What no text of any literal may hold, whatever it is for. */
function textProblems(text: string, steps: readonly Step[]): Problem[] {
  if (holdsSecret(text))
    return [{ property: propertyAt(steps), must: "hold no secret", got: WITHHELD, fix: SECRET_FIX }];
  // CDKTF would put a reference of its own in the place of such a mark.
  if (!text.includes("TfToken[")) return [];
  const property = propertyAt(steps);
  const got = new Words("a text with TfToken[…]");
  return [{ property, must: "be without CDKTF's mark for a reference", got, fix: "write the value itself" }];
}

export const SECRET_FIX =
  "take it out, and change the secret where it was real; a database's credentials are in the credentials file, other secrets belong into Vault";

function issueProblems(issue: Issue, around: readonly Step[], root: unknown): Problem[] {
  const steps = [...around, ...(issue.path as Step[])];
  const property = propertyAt(steps);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...steps, key], issue.message.split(" "), root));
    case "invalid_union":
      return unionProblems(issue, steps, root);
    case "invalid_type":
      return [wrongType(property, TYPES[issue.expected] ?? issue.expected, valueAt(root, steps))];
    case "invalid_value":
      return [wrongValue(property, issue.values, valueAt(root, steps), issue.message)];
    case "custom": {
      const { problem } = issue.params as { problem: Problem };
      return [{ ...problem, property: [property, problem.property].filter((part) => part !== "").join(".") }];
    }
    default:
      return [{ property, must: issue.message, got: shown(valueAt(root, steps)), fix: "correct it" }];
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object of names and texts",
};

function wrongType(property: string, type: string, got: unknown): Problem {
  if (got === undefined) return { property, must: `be ${type}`, got, fix: "add it" };
  const shownNumber = typeof got === "number" && !Number.isFinite(got) ? got : inWords(got);
  return { property, must: `be ${type}`, got: shownNumber, fix: `write ${type}` };
}

function wrongValue(
  property: string,
  values: readonly unknown[],
  got: unknown,
  message = "Invalid ",
): Problem {
  const known = values.map((value) => JSON.stringify(value));
  const must = known.length === 1 ? `be ${known[0]}` : `be one of ${known.join(", ")}`;
  const said = message.startsWith("Invalid ") ? undefined : message;
  const near = typeof got === "string" ? nearest(got, values.map(String)) : undefined;
  const fix = said ?? (near === undefined ? "choose one of these" : `write ${JSON.stringify(near)}`);
  return { property, must, got: shown(got), fix };
}

function unknownKey(steps: readonly Step[], known: readonly string[], root: unknown): Problem {
  const key = String(steps.at(-1));
  if (known.includes(key)) return misplacedKey(propertyAt(steps), valueAt(root, steps));
  const near = nearest(key, known);
  return {
    property: holdsSecret(key) ? propertyAt([...steps.slice(0, -1), "…"]) : propertyAt(steps),
    must: `be left out, it is not known: the keys here are ${known.join(", ")}`,
    got: inWords(valueAt(root, steps)),
    fix: near === undefined ? "take it out" : `write '${near}', or take it out`,
  };
}

/** A key of another variant: of `owner` and `grants` there is one. */
function misplacedKey(property: string, got: unknown): Problem {
  const must = "not stand beside the other keys here: it belongs to another form of this object";
  return { property, must, got: inWords(got), fix: "take it out, or take out the others" };
}

/** The problems of the variant that was most likely meant. */
function unionProblems(
  issue: Issue & { code: "invalid_union" },
  steps: readonly Step[],
  root: unknown,
): Problem[] {
  if ("options" in issue && issue.errors.length === 0) {
    const values = issue.options as readonly unknown[];
    return [wrongValue(propertyAt(steps), values, valueAt(root, steps))];
  }
  const branches: readonly (readonly Issue[])[] = issue.errors;
  const knownSomewhere = new Set(branches.flat().flatMap(knownKeys));
  const closest =
    [...branches].sort((a, b) => weight(a, knownSomewhere) - weight(b, knownSomewhere))[0] ?? [];
  return closest.flatMap((each) =>
    issueProblems(
      each.code === "unrecognized_keys" ? { ...each, message: [...knownSomewhere].join(" ") } : each,
      steps,
      root,
    ),
  );
}

function knownKeys(issue: Issue): string[] {
  return issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.message.split(" ") : [];
}

/** A key that another variant has says that this one was not meant; a missing one says so less. */
function weight(issues: readonly Issue[], knownSomewhere: ReadonlySet<string>): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === "unrecognized_keys")
      return sum + issue.keys.reduce((all, key) => all + (knownSomewhere.has(key) ? 10 : 1), 0);
    return sum + (issue.path.length === 1 && issue.code === "invalid_type" ? 3 : 1);
  }, 0);
}

/** The known word that somebody most likely meant, if one is close. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const [best] = known
    .map((each) => ({ each, edits: distance(word.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(2, Math.floor(best.each.length / 3))
    ? best.each
    : undefined;
}

function valueAt(root: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<Step, unknown>)[step]
        : undefined,
    root,
  );
}

/** A number or a text may be shown; of what holds other values only its kind. */
function shown(value: unknown): unknown {
  return typeof value === "object" ? inWords(value) : value;
}
