import type { ServiceDeclaration, Workload } from "../service";

/** A stack that a synth wrote: where, and its Terraform JSON. */
export interface WrittenStack {
  readonly directory: string;
  readonly text: string;
}

/**
 * Commands that put leasehold's workload in the place of one that runs already: its pods go on until the
 * new ones are ready. Empty where nothing runs all the time.
 */
export function adoption({ name, namespace, workload }: ServiceDeclaration, stack: WrittenStack): string[] {
  if (workload.kind === "job" || workload.kind === "elsewhere") return [];
  const kubectl = `kubectl -n ${namespace}`;
  const terraform = `terraform -chdir=${stack.directory}`;
  const kind = workload.kind.replace("-", "");
  const taken = ["kubernetes_service_account_v1", "kubernetes_service_v1"].flatMap((type) =>
    addressesOf(type, name, namespace, stack.text).map(
      (address) => `${terraform} import ${address} ${namespace}/${name}`,
    ),
  );
  return [
    `${kubectl} delete ${kind} ${name} --cascade=orphan   # its pods go on`,
    ...taken.map((command) => `${command}   # where there is one`),
    `${terraform} apply   # new pods come; the Kubernetes Service leads to them once they are ready`,
    ...oldPodsGo(workload.kind, kubectl, name),
  ];
}

function oldPodsGo(kind: Workload["kind"], kubectl: string, name: string): string[] {
  switch (kind) {
    case "deployment":
      return [
        `${kubectl} delete replicaset -l app=${name}   # by the labels of the old Deployment: its pods go`,
      ];
    case "daemon-set":
      return [`${kubectl} delete pod -l app=${name}   # by the labels of the old DaemonSet`];
    case "stateful-set":
      // The new pods have the names of the old ones.
      return [
        `${kubectl} delete pod ${name}-0   # and the others, each once the one before is ready again, while the apply waits`,
      ];
    default:
      return [];
  }
}

function addressesOf(type: string, name: string, namespace: string, text: string): string[] {
  const { resource = {} } = JSON.parse(text) as {
    resource?: Record<string, Record<string, { metadata?: { name?: string; namespace?: string } }>>;
  };
  return Object.entries(resource[type] ?? {})
    .filter(([, { metadata }]) => metadata?.name === name && metadata.namespace === namespace)
    .map(([id]) => `${type}.${id}`);
}
