import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { render } from "../../lib/synth/render";
import { maximal } from "../support/maximal";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A resource, data source or provider of an environment that holds every key of a declaration. */
export interface Rendered {
  /** `vault`, `kubernetes` or `helm`. */
  readonly provider: string;
  /** Such as `vault_policy`, `data.vault_auth_backend` or `provider.vault`. */
  readonly what: string;
  readonly body: Json;
}

/** Arguments that Terraform knows for every resource. */
const META = new Set(["//", "depends_on", "lifecycle", "provider"]);

/** Everything that is rendered of the environments that hold every key of a declaration. */
export function renderedOf(): Rendered[] {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-providers-"));
  try {
    return render(maximal, directory).flatMap(({ file }) => {
      const stack = JSON.parse(fs.readFileSync(path.join(directory, file), "utf8")) as Stack;
      return [
        ...ofMode(stack.resource, ""),
        ...ofMode(stack.data, "data."),
        ...Object.entries(stack.provider ?? {}).flatMap(([provider, bodies]) =>
          bodies.map((body) => ({ provider, what: `provider.${provider}`, body })),
        ),
      ];
    });
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

interface Stack {
  readonly resource?: ByType;
  readonly data?: ByType;
  readonly provider?: Readonly<Record<string, Json[]>>;
}

type ByType = Readonly<Record<string, Readonly<Record<string, Json>>>>;

function ofMode(types: ByType = {}, mode: string): Rendered[] {
  return Object.entries(types).flatMap(([type, named]) =>
    Object.values(named).map((body) => ({
      provider: providerOf(type),
      what: `${mode}${type}`,
      body: Object.fromEntries(Object.entries(body as object).filter(([key]) => !META.has(key))) as Json,
    })),
  );
}

/** Whose argument it is, such as `vault` of `vault_policy.name` and of `data.vault_auth_backend.path`. */
export function providerOf(argument: string): string {
  return argument.replace(/^(data|provider)\./, "").split(/[_.]/)[0] ?? "";
}

/**
 * The paths of the arguments in a body. Below an argument that is known to hold a map of any keys nobody looks.
 *
 * @param isWhole whether a path is an argument and not a block of arguments
 */
export function argumentsOf({ what, body }: Rendered, isWhole: (argument: string) => boolean): string[] {
  const found = new Set<string>();
  const walk = (value: Json, at: string): void => {
    if (isWhole(at)) return void found.add(at);
    if (Array.isArray(value)) return value.forEach((each: Json) => walk(each, at));
    if (typeof value !== "object" || value === null) return void found.add(at);
    for (const [key, inner] of Object.entries(value)) walk(inner as Json, `${at}.${key}`);
  };
  walk(body, what);
  return [...found];
}
