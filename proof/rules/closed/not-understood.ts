import type { z } from "zod";
import { isUnknown, type TerraformResource } from "../../access";
import type { Rule, Violation } from "../rule";
import { show } from "../words";
import type { Shape } from "./shape";
import { SHAPES } from "./shapes";

export const notUnderstood: Rule = {
  id: "proof/not-understood",
  severity: "error",
  title: "something that the proof does not understand",
  why: "A proof holds for what was understood: an argument, a value or a resource that nobody has thought of may open or break the chain in a way that no rule looks for.",
  example: {
    language: "hcl",
    text: `resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = "kubernetes"
  role_name                        = "orders"
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"
  alias_name_source                = "serviceaccount_uid"
  token_policies                   = ["orders"]
  token_period                     = 900
  token_num_uses                   = 1
}`,
  },
  *check({ terraform }) {
    for (const resource of terraform.resources) yield* notUnderstoodOf(resource);
  },
};

/** Providers of which no other resource has a place in a chain. */
const CLOSED_PROVIDERS = /^(kubernetes|kubectl)_/;

function* notUnderstoodOf(resource: TerraformResource): Iterable<Violation> {
  const { origin: at, mode, type, body } = resource;
  const shape = mode === "managed" ? SHAPES.get(type) : undefined;
  if (shape === undefined) {
    if (mode === "managed" && CLOSED_PROVIDERS.test(type))
      yield {
        at,
        message: `${type} is a type of resource that the proof does not know`,
        fix: "take it out, or say in a waiver why it is right here",
      };
    return;
  }
  for (const each of ["count", "for_each"].filter((key) => Object.hasOwn(resource.written, key)))
    yield {
      at,
      message: `${each} makes nobody knows how many of it`,
      fix: "write each resource out, once",
    };
  for (const { path, what } of differences(shape, body)) {
    const place = path.join(".");
    yield {
      at,
      message: `${place === "" ? type : place} ${what}`,
      fix: `write what the proof understands, or say in a waiver why it is right here`,
    };
  }
}

/** What of a value is not as its shape says. */
export function* differences(
  shape: Shape,
  value: unknown,
): Iterable<{ readonly path: readonly PropertyKey[]; readonly what: string }> {
  for (const issue of shape.safeParse(value).error?.issues ?? []) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys)
        yield { path: [...issue.path, key], what: "is nothing that the proof knows" };
      continue;
    }
    const found = valueAt(value, issue.path);
    yield { path: issue.path, what: told(issue, found) };
  }
}

function told({ message }: z.core.$ZodIssue, found: unknown): string {
  const must = message.startsWith("must ") ? message : "is of another type than the proof knows";
  if (found === undefined || found === null) return `is not set, and ${must}`;
  if (isUnknown(found)) return `is ${found.expression}, which is not known before apply, and ${must}`;
  return typeof found === "object" || !message.startsWith("must ")
    ? must
    : `is ${show(found as string)}, and ${must}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const single = Array.isArray(inner) && typeof key !== "number" ? (inner[0] as unknown) : inner;
    return typeof single === "object" && single !== null
      ? (single as Record<PropertyKey, unknown>)[key]
      : undefined;
  }, value);
}
