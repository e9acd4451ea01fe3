import type { ServiceDeclaration } from "../service";

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
  if (workload.kind !== "deployment" && workload.kind !== "cron-job") return [];
  const kubectl = `kubectl -n ${namespace}`;
  const terraform = `terraform -chdir=${stack.directory}`;
  const kind = workload.kind === "deployment" ? "deployment" : "cronjob";
  const taken = ["kubernetes_service_account_v1", "kubernetes_service_v1"].flatMap((type) =>
    addressesOf(type, name, namespace, stack.text).map(
      (address) => `${terraform} import ${address} ${namespace}/${name}`,
    ),
  );
  return [
    `${kubectl} delete ${kind} ${name} --cascade=orphan   # its pods go on`,
    ...taken.map((command) => `${command}   # where there is one`),
    `${terraform} apply   # new pods come; the Kubernetes Service leads to them once they are ready`,
    ...(workload.kind === "deployment"
      ? [`${kubectl} delete replicaset -l app=${name}   # by the labels of the old Deployment: its pods go`]
      : []),
  ];
}

function addressesOf(type: string, name: string, namespace: string, text: string): string[] {
  const { resource = {} } = JSON.parse(text) as {
    resource?: Record<string, Record<string, { metadata?: { name?: string; namespace?: string } }>>;
  };
  return Object.entries(resource[type] ?? {})
    .filter(([, { metadata }]) => metadata?.name === name && metadata.namespace === namespace)
    .map(([id]) => `${type}.${id}`);
}
