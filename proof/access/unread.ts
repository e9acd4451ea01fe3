import { countedByKind, type NotJudged } from "./not-judged";
import type { Origin } from "./origin";
import { isObject, type ValueObject } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import type { Value } from "./value";

/** Arguments that say nothing about who comes to what, or that a rule reads in the resource itself. */
const NO_PART = new Set([
  ...["//", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner", "timeouts"],
  ...["accessor", "description", "id", "namespace", "tune"],
  ...["vault_audit.path", "vault_quota_rate_limit.name"],
]);

/** A block whose arguments count one by one. */
const ENGINE = "postgresql";

/** Sees which arguments of resources are read. */
export class Watch {
  private readonly watched: { resource: TerraformResource; read: Set<string> }[] = [];

  /** The same resource, which remembers what is asked of it. */
  over(resource: TerraformResource): TerraformResource {
    const read = new Set<string>();
    this.watched.push({ resource, read });
    return { ...resource, body: remembering(resource.body, read, "") };
  }

  /** What is set and was not read, of the resources from which something was read. */
  unread(nodes: readonly { readonly origin: Origin }[]): NotJudged[] {
    const known = new Set(nodes.map(({ origin }) => origin));
    return countedByKind(
      this.watched
        .filter(({ resource }) => known.has(resource.origin))
        .flatMap(({ resource: { type, body, origin }, read }) =>
          setIn(body, "")
            .filter((argument) => !read.has(argument) && !NO_PART.has(`${type}.${argument}`))
            .map((argument) => [`${type}.${argument}`, origin.file] as const),
        ),
    );
  }
}

function remembering(body: ValueObject, read: Set<string>, prefix: string): ValueObject {
  const below = (value: Value): Value => {
    if (Array.isArray(value)) return (value as readonly Value[]).map(below);
    return isObject(value) ? remembering(value, read, `${ENGINE}.`) : value;
  };
  return new Proxy(body, {
    get(target, key) {
      const value = Reflect.get(target, key) as Value;
      read.add(`${prefix}${String(key)}`);
      return key === ENGINE && Object.hasOwn(target, key) ? below(value) : value;
    },
    has(target, key) {
      read.add(`${prefix}${String(key)}`);
      return Reflect.has(target, key);
    },
  });
}

/** What has a value that says something; a plan and a state have all arguments, most of them empty. */
function setIn(body: ValueObject, prefix: string): string[] {
  return Object.entries(body).flatMap(([key, value]) => {
    if (NO_PART.has(key) || isEmpty(value)) return [];
    if (key !== ENGINE) return [`${prefix}${key}`];
    const blocks = Array.isArray(value) ? (value as readonly Value[]) : [value];
    return blocks.filter(isObject).flatMap((block) => setIn(block, `${ENGINE}.`));
  });
}

function isEmpty(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
