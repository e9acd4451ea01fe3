import { isUnknown, type AccessGraph, type Origin, type Value } from "../../access";

/** A text that stands in the configuration. */
export interface Literal {
  readonly at: Origin;
  /** Path of the argument, such as `postgresql.password`. */
  readonly argument: string;
  readonly text: string;
}

/** Arguments of which another rule says more. */
const ELSEWHERE = new Set(["kubernetes_secret", "kubernetes_secret_v1"]);

/** Every text that the configuration holds: arguments, provider settings, defaults, environment variables. */
export function literalsOf({ terraform, workloads }: AccessGraph): Literal[] {
  const { resources, providers, variables } = terraform;
  return [
    ...resources.flatMap(({ origin, type, body }) => (ELSEWHERE.has(type) ? [] : textsIn(body, origin, ""))),
    ...providers.flatMap(({ origin, body }) => textsIn(body, origin, "")),
    ...variables.flatMap(({ origin, name, default: value }) =>
      value === undefined ? [] : textsIn(value, origin, name),
    ),
    ...workloads.flatMap(({ origin, pod }) =>
      isTerraform(origin)
        ? []
        : [...pod.containers, ...pod.initContainers].flatMap(({ env }) =>
            env.flatMap(({ name, value }) =>
              typeof name === "string" && typeof value === "string"
                ? [{ at: origin, argument: name, text: value }]
                : [],
            ),
          ),
    ),
  ];
}

/** A manifest's address has slashes. */
function isTerraform({ address }: Origin): boolean {
  return !address.includes("/");
}

function textsIn(value: Value, at: Origin, argument: string, found: Literal[] = []): Literal[] {
  if (typeof value === "string") {
    if (value !== "") found.push({ at, argument, text: value });
  } else if (Array.isArray(value)) {
    for (const each of value as readonly Value[]) textsIn(each, at, argument, found);
  } else if (typeof value === "object" && value !== null && !isUnknown(value)) {
    const named = namedValue(value as Readonly<Record<string, Value>>, at);
    if (named !== undefined) found.push(named);
    else
      for (const [key, each] of Object.entries(value as Readonly<Record<string, Value>>))
        textsIn(each, at, argument === "" ? key : `${argument}.${key}`, found);
  }
  return found;
}

/** `{ name = "PGPASSWORD", value = "…" }` is an argument by the name of PGPASSWORD. */
function namedValue(value: Readonly<Record<string, Value>>, at: Origin): Literal | undefined {
  const { name, value: text } = value;
  return typeof name === "string" && typeof text === "string" ? { at, argument: name, text } : undefined;
}
