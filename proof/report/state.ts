import { isUnknown, ownValue, type AccessGraph, type TerraformResource, type Value } from "../access";
import type { Finding } from "../rules";
import { allOf, certain, NO, YES, type Answer, type Certain } from "./answer";
import type { StateReport } from "./model";
import { byText, groupedBy, placeOf } from "./words";

/** Arguments that can hold a secret, by type; `write-only` ones never reach the state. */
const ARGUMENTS: Readonly<Record<string, Readonly<Record<string, "stored" | "write-only">>>> = {
  vault_database_secret_backend_connection: {
    "postgresql.password": "stored",
    "postgresql.password_wo": "write-only",
    "postgresql.connection_url": "stored",
    data: "stored",
  },
  vault_kubernetes_auth_backend_config: { token_reviewer_jwt: "stored", token_reviewer_jwt_wo: "write-only" },
  vault_generic_endpoint: { data_json: "stored" },
  vault_generic_secret: { data_json: "stored", data_json_wo: "write-only" },
  vault_kv_secret_v2: { data_json: "stored", data_json_wo: "write-only" },
  kubernetes_secret: { data: "stored", binary_data: "stored" },
  kubernetes_secret_v1: { data: "stored", binary_data: "stored", data_wo: "write-only" },
  random_password: { length: "stored" },
  helm_release: { set_sensitive: "stored", values: "stored" },
};

const SAYS = {
  url: "the URL names user and password by placeholders that Vault fills in",
  stored: "stands in the state as it is; the rules secrets/* and connection/* judge it",
  "write-only": "is sent to Vault and never written to plan or state",
  unset: "is not given",
} as const;

/** What the state holds that could be a secret. */
export function stateOf(
  { terraform }: AccessGraph,
  findings: readonly Finding[],
  readWhole: Certain,
): StateReport {
  const managed = terraform.resources.filter(({ mode }) => mode === "managed");
  const types = [...groupedBy(managed, ({ type }) => type)].map(([type, own]) => ({
    type,
    count: own.length,
  }));
  const found = findings.some(({ rule }) =>
    /^secrets\/|^connection\/(password-in-url|plaintext-password)$/.test(rule),
  );
  return {
    resources: types.sort((a, b) => byText(a.type, b.type)),
    arguments: managed.flatMap(argumentsOf),
    secrets: found ? YES : secretless(managed, terraform.unresolvedModules.length, readWhole),
  };
}

/** No secret was found: which says something only where somebody looked, and at values that were there. */
function secretless(managed: readonly TerraformResource[], modules: number, readWhole: Certain): Answer {
  const unknown = managed.flatMap(({ type, body, origin }) =>
    Object.entries(ownValue(ARGUMENTS, type) ?? {}).flatMap(([argument, kind]) => {
      const value = kind === "stored" ? at(body, argument.split(".")) : undefined;
      return isUnknown(value) ? [`${origin.address}: ${argument} is ${value.expression}`] : [];
    }),
  );
  const looked = allOf(managed, "no resource of Terraform was read", () => undefined);
  const doubts = [looked, readWhole].flatMap((each) => (each.value === "yes" ? [] : [each.reason]));
  const all = [...doubts, ...unknown, ...(modules > 0 ? ["a module that is called was not read"] : [])];
  return all.length === 0 ? NO : certain(all);
}

function argumentsOf(resource: TerraformResource): StateReport["arguments"] {
  const { type, body, origin } = resource;
  return Object.entries(ownValue(ARGUMENTS, type) ?? {}).map(([argument, kind]) => {
    const value = at(body, argument.split("."));
    const status = value === undefined ? "unset" : kind === "stored" ? "in-state" : "write-only";
    return { place: placeOf(origin), argument, status, text: `${argument} ${says(argument, status, value)}` };
  });
}

function says(
  argument: string,
  status: "unset" | "in-state" | "write-only",
  value: Value | undefined,
): string {
  if (status !== "in-state") return SAYS[status];
  if (
    argument.endsWith("connection_url") &&
    typeof value === "string" &&
    /:\/\/\{\{username\}\}:\{\{password\}\}@/.test(value)
  )
    return SAYS.url;
  return SAYS.stored;
}

function at(
  value: Value | Readonly<Record<string, Value>>,
  [key, ...rest]: readonly string[],
): Value | undefined {
  const single = Array.isArray(value) ? (value as readonly Value[])[0] : value;
  if (key === undefined) return single === null ? undefined : (single as Value);
  if (typeof single !== "object" || single === null || isUnknown(single)) return undefined;
  const next = ownValue(single as Readonly<Record<string, Value>>, key);
  return next === undefined || next === null ? undefined : at(next, rest);
}
