import { ownValue } from "../own";
import type { Value } from "../value";
import { define, evaluate } from "./evaluate";
import { providerName } from "./instances";
import { MOST_CALLED, MOST_NESTED, type Caller, type ModuleCall } from "./module";
import type { Scope } from "./scope";
import { entries, type RawObject } from "./syntax";

/** Why a call must not be followed; nothing where it may. */
export function endlessCall(
  real: string,
  directory: string,
  callers: readonly Caller[],
  budget: ModuleCall["budget"],
): string | undefined {
  budget.left--;
  const first = callers.findIndex((caller) => caller.real === real);
  const chain = [...callers.slice(Math.max(first, 0)), { directory }].map(({ directory: each }) => each);
  if (first >= 0) return `this module calls itself: ${chain.join(" → ")}; remove one of the calls`;
  if (callers.length > MOST_NESTED) {
    return `modules are nested more than ${MOST_NESTED} deep: ${chain.slice(0, 4).join(" → ")} → …`;
  }
  return budget.left < 0 ? `this configuration calls more than ${MOST_CALLED} modules` : undefined;
}

export function providersOf(body: RawObject, { providers }: ModuleCall): Readonly<Record<string, string>> {
  const given = entries(body.providers).map(([name, written]) => {
    const outer = providerName(String(written));
    return [name, ownValue(providers, outer) ?? outer] as const;
  });
  return { ...providers, ...Object.fromEntries(given) };
}

/** Arguments of a module call that are no variables of the module. */
const NO_INPUTS = new Set(["//", "source", "version", "providers", "count", "for_each", "depends_on"]);

/** What a module is called with; null is a value here. */
export function inputsOf(body: RawObject, scope: Scope): Readonly<Record<string, Value>> {
  const inputs: Record<string, Value> = {};
  for (const [name, raw] of Object.entries(body)) {
    if (!NO_INPUTS.has(name)) define(inputs, name, () => evaluate(raw, scope));
  }
  return inputs;
}
