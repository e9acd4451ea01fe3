import { parse } from "yaml";
import { asList, asObject, asText, isObject, isUnknown, known, type Value } from "../access";

/** The value of a label; null where there is none, nothing where nobody knows. */
export type Labels = (key: string) => string | null | undefined;

/**
 * Whether a label selector of Kubernetes selects what has some labels; nothing where nobody knows. The chart
 * takes selectors also as text, which it may render as a template first.
 */
export function selects(selector: Value | undefined, labels: Labels): boolean | undefined {
  if (selector === undefined || selector === null || selector === "") return true;
  if (typeof selector === "string")
    return selector.includes("{{") ? undefined : selects(parsed(selector), labels);
  if (!isObject(selector)) return undefined;
  return every([
    ...Object.entries(asObject(selector.matchLabels)).map(([key, value]) => compared(labels(key), value)),
    ...asList(selector.matchExpressions).map((each) => expression(each, labels)),
  ]);
}

/** No as soon as one says no, otherwise nothing where one is not known. */
export function every(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** Yes as soon as one says yes, otherwise nothing where one is not known. */
export function some(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

/** What cannot be read selects nobody knows what. */
function parsed(text: string): Value {
  try {
    const value = parse(text, { merge: true }) as Value;
    return isObject(value) ? value : "{{";
  } catch {
    return "{{";
  }
}

function compared(label: string | null | undefined, value: Value | undefined): boolean | undefined {
  const wanted = known(asText(value));
  return label === undefined || wanted === undefined ? undefined : label === wanted;
}

function expression(each: Value, labels: Labels): boolean | undefined {
  const { key, operator, values } = asObject(each);
  const label = typeof key === "string" ? labels(key) : undefined;
  if (label === undefined || isUnknown(values)) return undefined;
  const wanted = asList(values).map((value) => compared(label, value));
  switch (operator) {
    case "In":
      return some(wanted);
    case "NotIn":
      return negated(some(wanted));
    case "Exists":
      return label !== null;
    case "DoesNotExist":
      return label === null;
    default:
      return undefined;
  }
}

function negated(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}
