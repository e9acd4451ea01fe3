/** A stack's JSON, as far as it is changed here. */
export interface StackJson {
  readonly provider: Readonly<Record<string, readonly Block[]>>;
  readonly resource: Record<string, Record<string, Block>>;
  readonly variable?: Readonly<Record<string, unknown>>;
}

type Block = Record<string, unknown>;

/** They write to a disk, ask a database, or read a file of the pod that Vault would be. */
const WITH_NEIGHBOURS = ["vault_audit", "vault_generic_endpoint", "vault_kubernetes_auth_backend_config"];

/** What a resource waits for that nobody does here. */
const WAITING: Readonly<Record<string, Block>> = {
  vault_database_secret_backend_connection: { verify_connection: false },
  kubernetes_deployment_v1: { wait_for_rollout: false },
  kubernetes_stateful_set_v1: { wait_for_rollout: false },
  kubernetes_daemon_set_v1: { wait_for_rollout: false },
  kubernetes_job_v1: { wait_for_completion: false },
  helm_release: { wait: false },
};

/**
 * A stack without the neighbours that a drawn environment only has by name: its databases, the people and pipelines that log
 * in to its Vault, and that Vault's namespaces. All else of it stays as it was rendered.
 */
export function withoutNeighbours(stack: StackJson): StackJson {
  const gone = new Set(
    WITH_NEIGHBOURS.flatMap((type) =>
      Object.keys(stack.resource[type] ?? {}).map((name) => `${type}.${name}`),
    ),
  );
  const resource = Object.entries(stack.resource)
    .filter(([type]) => !WITH_NEIGHBOURS.includes(type))
    .map(([type, all]) => [
      type,
      Object.fromEntries(Object.entries(all).map(([name, each]) => [name, alone(type, each, gone)])),
    ]);
  const provider = Object.entries(stack.provider).map(([name, blocks]) => [
    name,
    // Address, certificate and token come from the environment.
    name === "vault" ? [{}] : blocks,
  ]);
  return {
    ...stack,
    provider: Object.fromEntries(provider) as StackJson["provider"],
    resource: Object.fromEntries(resource) as StackJson["resource"],
  };
}

function alone(type: string, block: Block, gone: ReadonlySet<string>): Block {
  // It has to go again.
  const { lifecycle: _, depends_on: after, namespace, ...kept } = block;
  return {
    ...kept,
    ...(Array.isArray(after) && { depends_on: (after as string[]).filter((each) => !gone.has(each)) }),
    ...(namespace !== undefined && !type.startsWith("vault_") && { namespace }),
    ...WAITING[type],
  };
}
