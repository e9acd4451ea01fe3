import { asObject } from "../read";
import type { TerraformAction } from "./configuration";
import type { Instances } from "./instances";
import { addressOf } from "./order";
import { bodies, type RawObject, type Syntax, type TypedBlock } from "./syntax";

/** The actions of a module. What has them done stands in its resources, as an action is known in its module alone. */
export function actionsOf(
  { actions, resources }: Syntax,
  instances: (block: TypedBlock) => Instances,
): TerraformAction[] {
  const triggered = new Set(resources.flatMap(({ body }) => triggersOf(body)));
  return actions.flatMap((block) =>
    instances(block)
      .resources()
      .map(({ origin, type, body }) => ({
        origin,
        type,
        config: asObject(body.config),
        isTriggered: triggered.has(addressOf(block)),
      })),
  );
}

/** Addresses, without keys, of the actions that a resource has done: in JSON they may stand without braces. */
function triggersOf({ lifecycle }: RawObject): string[] {
  return bodies(lifecycle)
    .flatMap((each) => bodies(each.action_trigger))
    .flatMap(({ actions }) => (Array.isArray(actions) ? (actions as unknown[]) : []))
    .flatMap((action) => /^(?:\$\{)?(action\.[\w-]+\.[\w-]+)/.exec(String(action))?.[1] ?? []);
}
