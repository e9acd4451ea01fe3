import path from "node:path";
import { asObject, isUnknown, type AccessGraph, type Origin, type Value } from "../../../access";
import { groupBy } from "../../../core";
import type { Violation } from "../../rule";

/** Something that every stack says, in a form in which it is the same text. */
interface Said {
  readonly at: Origin;
  readonly what: string;
  readonly text: string;
}

/** The stacks of a configuration write into one Vault and one cluster, and each has a state of its own beside the others'. */
export function* stacksApart({ terraform }: AccessGraph): Iterable<Violation> {
  const said = [
    ...terraform.providers.flatMap(ofProvider),
    ...terraform.settings.flatMap(({ origin, body }) => ofBackend(origin, asObject(body.backend))),
    ...terraform.settings.flatMap(({ origin, body }) =>
      ofVersions(origin, asObject(body.required_providers)),
    ),
  ];
  for (const all of groupBy(said, ({ what }) => what).values()) {
    const [first, ...more] = all;
    for (const { at, what, text } of more) {
      if (first === undefined || text === first.text) continue;
      yield {
        at,
        message: `${what} is another one than in ${String(first.at.root)}`,
        fix: "reach the same place from every stack, or let each have a configuration of its own",
      };
    }
  }
  yield* sharedStates(terraform.settings);
}

function ofProvider({ origin: at, name, body }: AccessGraph["terraform"]["providers"][number]): Said[] {
  if (name === "helm") return [{ at, what: "the cluster", text: canonical(asObject(body.kubernetes)) }];
  if (name === "kubernetes") return [{ at, what: "the cluster", text: canonical(body) }];
  return [{ at, what: `the provider ${name}`, text: canonical(body) }];
}

function ofVersions(at: Origin, required: Readonly<Record<string, Value>>): Said[] {
  return Object.entries(required).map(([name, asked]) => ({
    at,
    what: `what is asked of the provider ${name}`,
    text: canonical(asked),
  }));
}

/** The stack's own name stands in the place of its state alone. */
function ofBackend(at: Origin, backend: Readonly<Record<string, Value>>): Said[] {
  const stack = path.basename(at.root ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const own = new RegExp(`(?<=^|/)${stack}(?=$|/|\\.tfstate$)`, "g");
  return [
    { at, what: "the store of the state", text: canonical(backend, (text) => text.replace(own, STACK)) },
  ];
}

const STACK = "(stack)";

/** A state that is not called after its stack may be that of another one. */
function* sharedStates(settings: AccessGraph["terraform"]["settings"]): Iterable<Violation> {
  for (const { origin: at, body } of settings) {
    const backend = asObject(body.backend);
    if (Object.keys(backend).length === 0 || ofBackend(at, backend)[0]?.text.includes(STACK) === true)
      continue;
    yield {
      at,
      message: "the place of the state does not have the stack's name",
      fix: "name the state after the stack, so that no two stacks write one",
    };
  }
}

function canonical(value: Value | undefined, change = (text: string): string => text): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (isUnknown(each)) return each.expression;
    return typeof each === "string" ? change(each) : each;
  });
}
