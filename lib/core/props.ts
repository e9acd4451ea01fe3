import type { Construct } from "constructs";
import type { Problem } from "@leasehold/proof/core";
import type { z } from "./schema";
import { shapeProblems } from "./shape";
import { assertValid } from "./validation";

/**
 * Checks the props of a construct: first their shape, of which the compiler tells nothing to JavaScript, and
 * then, where that is right, what they say.
 *
 * @param given props that are constructs, or made by one of the library's functions, and no data of an operator
 * @throws InvalidConfigurationError with all problems
 */
export function assertProps<Props extends object, Given extends keyof Props = never>(
  scope: Construct,
  id: string,
  props: Props,
  schema: z.ZodType<Omit<Props, Given>>,
  check: (props: Props) => readonly Problem[],
  given: Readonly<Record<Given, "needed" | "optional">> = {} as Record<Given, never>,
): void {
  if (sound.has(props)) return;
  const declared: unknown =
    typeof props !== "object" || props === null || Object.keys(given).length === 0
      ? props
      : Object.defineProperties(
          {},
          Object.fromEntries(
            Object.entries(Object.getOwnPropertyDescriptors(props)).filter(
              ([name]) => !Object.hasOwn(given, name),
            ),
          ),
        );
  const problems = [...shapeProblems(schema, declared), ...missing(props, given)];
  assertValid(scope, id, problems.length > 0 ? problems : check(props));
}

/** What was checked, and is in nobody else's hands. */
const sound = new WeakSet<object>();

/** Says of something that nobody else can change that it was checked: of what follows from it no construct asks again. */
export function asSound<T extends object>(checked: T): T {
  sound.add(checked);
  return checked;
}

/** Props that follow from something: they are as sound as that is. */
export function following<T extends object>(from: object, props: T): T {
  return sound.has(from) ? asSound(props) : props;
}

function missing(props: unknown, given: Readonly<Record<string, "needed" | "optional">>): Problem[] {
  if (typeof props !== "object" || props === null) return [];
  return Object.entries(given).flatMap(([property, need]) => {
    const value = (props as Record<string, unknown>)[property];
    if ((typeof value === "object" && value !== null) || (value === undefined && need === "optional"))
      return [];
    const must = "be what another construct or function of leasehold has made";
    return [{ property, must, got: value, fix: "hand it over" }];
  });
}
