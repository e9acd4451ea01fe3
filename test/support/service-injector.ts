/** A container as the injector makes it, as far as patches touch it. */
export interface InjectedContainer {
  name: string;
  args: string[];
  env: { name: string; value: string }[];
  securityContext: Record<string, unknown>;
  [key: string]: unknown;
}

/** What the injector (1.7.6) adds to a pod before it applies a patch. */
export function injectedContainer(name: string): InjectedContainer {
  return {
    name,
    command: ["/bin/sh", "-ec"],
    args: [
      "echo ${VAULT_CONFIG?} | base64 -d > /home/vault/config.json && vault agent -config=/home/vault/config.json",
    ],
    env: [{ name: "VAULT_CONFIG", value: "e30=" }],
    securityContext: {
      capabilities: { drop: ["ALL"] },
      runAsUser: 10001,
      runAsGroup: 1000,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    },
  };
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** Applies a patch of RFC 6902 as the injector does: whatever does not fit denies the pod. */
export function applyPatch(container: InjectedContainer, patch: string): InjectedContainer {
  const result = structuredClone(container);
  for (const operation of JSON.parse(patch) as Operation[]) apply(result, operation);
  return result;
}

function apply(root: InjectedContainer, { op, path, value }: Operation): void {
  const keys = path.split("/").slice(1);
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Record<string, unknown>>((node, key) => {
    if (!(key in node)) throw new Error(`no ${key} of ${path}`);
    return node[key] as Record<string, unknown>;
  }, root);
  if (op === "test") {
    if (JSON.stringify(parent[last]) !== JSON.stringify(value)) throw new Error(`test of ${path} failed`);
  } else if (op === "replace") {
    if (!(last in parent)) throw new Error(`nothing to replace at ${path}`);
    parent[last] = value;
  } else if (op === "add" && Array.isArray(parent)) {
    if (last !== "-") throw new Error(`${path} is no end of a list`);
    parent.push(value);
  } else if (op === "add") {
    parent[last] = value;
  } else {
    throw new Error(`no operation ${op}`);
  }
}
