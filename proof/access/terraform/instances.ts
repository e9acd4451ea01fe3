import { emptyRecord, ownValue } from "../own";
import { asObjects, asText, asTexts } from "../read";
import { isUnknown, type Value } from "../value";
import type { TerraformResource } from "./configuration";
import { addressOf, type Order } from "./order";
import { define, elements, evaluateBlock, evaluate } from "./evaluate";
import { asBlock, withNames, type Scope } from "./scope";
import type { Block, RawObject, TypedBlock } from "./syntax";

/** Attributes that a provider computes of others. */
const COMPUTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vault_auth_backend: { path: "type", id: "path" },
  vault_mount: { id: "path" },
  vault_policy: { id: "name" },
  vault_namespace: { id: "path" },
  helm_release: { id: "name" },
};

/** Where a block stands. */
export function originOf({ file, line, body }: Block, address: string): TerraformResource["origin"] {
  const metadata = (body["//"] as { metadata?: { path?: string } } | undefined)?.metadata;
  return {
    address,
    file,
    ...(line !== undefined && { line }),
    ...(metadata?.path && { path: metadata.path }),
  };
}

/** One key of `count` or `for_each` with what stands for it inside of the block. */
export interface Key {
  readonly suffix: string;
  readonly key: string | number | undefined;
  readonly scope: Scope;
}

/** The keys of a block; a single one without a key where it has neither argument. */
export function keysOf(body: RawObject, scope: Scope): { keys: readonly Key[]; repeated: boolean } {
  if (body.for_each !== undefined) {
    const value = evaluate(body.for_each, scope);
    const all = isUnknown(value) ? [[value, value] as const] : elements(value);
    const keys = all.map(([key, each]) => ({
      suffix: isUnknown(key) ? "" : `[${JSON.stringify(key)}]`,
      key: isUnknown(key) ? undefined : String(key),
      scope: withNames(scope, { each: { key, value: each } }),
    }));
    return { keys, repeated: !isUnknown(value) };
  }
  if (body.count !== undefined) {
    const value = evaluate(body.count, scope);
    const count = isUnknown(value) ? 1 : Number(value);
    const keys = Array.from({ length: count }, (_, index) => ({
      suffix: `[${index}]`,
      key: index,
      scope: withNames(scope, { count: { index } }),
    }));
    return { keys, repeated: true };
  }
  return { keys: [{ suffix: "", key: undefined, scope }], repeated: false };
}

/** The value by which others refer to a block with keys. */
export function byKey(keys: readonly Key[], repeated: boolean, values: readonly Value[]): Value {
  if (!repeated) return values[0] ?? null;
  if (keys.every(({ key }) => typeof key === "number")) return values;
  return Object.fromEntries(keys.map(({ key }, index) => [String(key), values[index] ?? null]));
}

/** `vault.staging` of what HCL or JSON makes of it. */
export function providerName(written: string): string {
  return written.replace(/^\$\{|\}$/g, "");
}

/** The instances of a resource; evaluated when they are asked for. */
export class Instances<M extends TypedBlock["mode"] = TypedBlock["mode"]> {
  private evaluated?: { keys: readonly Key[]; repeated: boolean; values: readonly Record<string, Value>[] };

  constructor(
    private readonly block: TypedBlock<M>,
    private readonly module: { readonly prefix: string; readonly address: string; readonly order: Order },
    private readonly scope: Scope,
    private readonly providers: Readonly<Record<string, string>>,
  ) {}

  value(): Value {
    const { keys, repeated, values } = this.evaluate();
    return byKey(keys, repeated, values);
  }

  resources(): (Omit<TerraformResource, "mode"> & { readonly mode: M })[] {
    const { mode, type, body } = this.block;
    const { prefix, address: module, order } = this.module;
    const { keys, values } = this.evaluate();
    const address = addressOf(this.block);
    const block = module === "" ? address : `${module}.${address}`;
    const place = { order, block };
    return keys.map(({ suffix }, index) => ({
      origin: originOf(this.block, `${prefix}${address}${suffix}`),
      mode,
      type,
      provider: this.provider(),
      body: values[index] ?? {},
      written: body,
      place,
    }));
  }

  private provider(): string {
    const { type, body } = this.block;
    const written =
      typeof body.provider === "string" ? providerName(body.provider) : (type.split("_")[0] ?? type);
    return ownValue(this.providers, written) ?? written;
  }

  private evaluate() {
    if (this.evaluated === undefined) {
      const { keys, repeated } = keysOf(this.block.body, this.scope);
      const values = keys.map(({ scope }) => this.instance(scope));
      this.evaluated = { keys, repeated, values };
    }
    return this.evaluated;
  }

  private instance(scope: Scope): Record<string, Value> {
    const { type, body: raw } = this.block;
    const body = asBlock(evaluateBlock(raw, scope) as Record<string, Value>);
    for (const [attribute, source] of Object.entries(ownValue(COMPUTED, type) ?? {})) {
      if (!(attribute in body)) hidden(body, attribute, () => body[source] as Value);
    }
    if (type === "vault_policy_document") {
      hidden(body, "hcl", () => policyDocument(body));
      hidden(body, "json", () => policyDocument(body));
    }
    return body;
  }
}

/** An attribute that references find and that is not among the arguments. */
function hidden(body: object, attribute: string, compute: () => Value): void {
  define(body, attribute, compute);
  Object.defineProperty(body, attribute, { enumerable: false });
}

/** The policy of a `vault_policy_document`, in Vault's JSON. */
function policyDocument(body: Readonly<Record<string, Value>>): Value {
  const paths = emptyRecord<object[]>();
  for (const rule of asObjects(body.rule)) {
    const where = asText(rule.path);
    const capabilities = asTexts(rule.capabilities);
    if (isUnknown(where)) return where;
    if (isUnknown(capabilities)) return capabilities;
    const unknown = capabilities?.find(isUnknown);
    if (unknown) return unknown;
    (paths[String(where)] ??= []).push({ capabilities });
  }
  return JSON.stringify({ path: paths });
}
