import type { z } from "zod";
import { helmValue, isUnknown, type AccessGraph, type Origin, type TerraformResource } from "../../access";
import type { Rule, Violation } from "../rule";
import { vaultReleases } from "../vault/releases";
import { show } from "../words";
import { shapes } from "./understood";
import type { Shape } from "./shape";

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
  *check(graph) {
    const { terraform } = graph;
    for (const resource of terraform.resources) yield* notUnderstoodOf(resource);
    yield* notUnderstoodBeside(terraform);
    const { chartValues, serverConfig } = shapes();
    for (const release of vaultReleases(graph)) {
      const { origin, values, serverConfig: config = {} } = release;
      yield* asViolations(origin, "values", chartValues(release), values, "values");
      if (helmValue(release, "server.ha") !== undefined)
        yield* asViolations(origin, "the servers' configuration", serverConfig, config, "config");
    }
  },
};

const FIX = "write what the proof understands, or say in a waiver why it is right here";

function* notUnderstoodOf({ origin: at, mode, type, body, written }: TerraformResource): Iterable<Violation> {
  const { SHAPES, DATA, NOT_PLAIN } = shapes();
  const shape = { managed: SHAPES, data: DATA, ephemeral: undefined }[mode]?.get(type);
  if (shape === undefined) {
    const what = mode === "managed" ? type : `${mode} ${type}`;
    return yield about(at, what, "is of no type that the proof knows");
  }
  for (const [argument, what] of Object.entries(NOT_PLAIN))
    if (written[argument] !== undefined) yield about(at, argument, what);
  // What the provider computes of other arguments is no argument.
  yield* asViolations(at, type, shape, { ...body });
}

/** What Terraform itself is told: providers, variables, and the block `terraform`. */
function* notUnderstoodBeside(terraform: AccessGraph["terraform"]): Iterable<Violation> {
  const { askedVariable, ephemeralVariable, keptVariable, PROVIDERS, settings } = shapes();
  for (const { origin: at, name } of terraform.others)
    yield about(at, name, "is no block that the proof knows");
  for (const { origin: at, type } of terraform.actions)
    yield about(at, `action ${type}`, "is of no type that the proof knows");
  for (const { origin: at, body } of terraform.settings) yield* asViolations(at, "terraform", settings, body);
  for (const { origin: at, name, body } of terraform.providers) {
    const shape = PROVIDERS.get(name);
    if (shape === undefined) yield about(at, name, "is no provider that the proof knows");
    else yield* asViolations(at, name, shape, body);
  }
  const asked = new Set(terraform.resources.map(({ written }) => written.token_reviewer_jwt_wo));
  for (const { origin: at, name, ephemeral, body } of terraform.variables) {
    const once = asked.has(`\${var.${name}}`) ? askedVariable : ephemeralVariable;
    if (body !== undefined) yield* asViolations(at, name, ephemeral ? once : keptVariable, body);
  }
}

/** One violation for each difference; `below` is where the value itself stands. */
function* asViolations(
  at: Origin,
  whole: string,
  shape: Shape,
  value: unknown,
  ...below: readonly string[]
): Iterable<Violation> {
  for (const { path, what } of differences(shape, value)) {
    const place = [...below, ...path].join(".");
    yield about(at, path.length === 0 ? whole : place, what);
  }
}

/** A place such as `backend` is evidence as well, although it is written like a word. */
function about(at: Origin, place: string, what: string): Violation {
  return { at, message: `${place} ${what}`, fix: FIX, evidence: [place] };
}

interface Difference {
  readonly path: readonly PropertyKey[];
  /** What is wrong there, to be read after the place. */
  readonly what: string;
}

/** What of a value is not as its shape says. */
export function* differences(shape: Shape, value: unknown): Iterable<Difference> {
  // To compile the shapes takes longer than to read a few hundred services by them.
  for (const issue of shape.safeParse(value, { jitless: true }).error?.issues ?? []) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys)
        yield { path: [...issue.path, key], what: "is nothing that the proof knows" };
      continue;
    }
    const found = valueAt(value, issue.path);
    yield { path: issue.path, what: whatIsWrong(issue, found) };
  }
}

function whatIsWrong({ message }: z.core.$ZodIssue, found: unknown): string {
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
