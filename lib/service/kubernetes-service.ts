import type { Construct } from "constructs";
import { ServiceV1, type ITerraformDependable } from "../core/terraform";
import type { portsOf } from "./declaration/workload";
import { serviceSelector } from "./pod/migration-labels";

interface KubernetesServiceProps {
  readonly name: string;
  readonly namespace: string;
  /** Name of the service, whose pods it leads to, whichever workload they are of. */
  readonly service: string;
  readonly ports: ReturnType<typeof portsOf>;
  /** What runs the pods. */
  readonly workload: ITerraformDependable;
}

/** The Kubernetes Service that leads to any pod of a service; none where no port is said. */
export function addKubernetesService(scope: Construct, props: KubernetesServiceProps): void {
  const { name, namespace, service, ports, workload } = props;
  if (ports.length === 0) return;
  new ServiceV1(scope, "Service", {
    // A Service that is taken over from somebody else leads to these pods from then on: they must be there.
    dependsOn: [workload],
    metadata: { name, namespace },
    spec: {
      type: "ClusterIP",
      selector: serviceSelector(service),
      port: ports.map((each) => ({ ...each, targetPort: String(each.port) })),
    },
  });
}

/** What `kubectl rollout restart` writes: the next apply would take it back, and restart every pod once more. */
export const RESTARTED_AT =
  'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]';

/** Until the file is there, which the startup probe waits for, and then until the application says that it is ready. */
const START_SECONDS = 180;
/** What the control plane may take beyond. */
const SLACK_SECONDS = 60;

/** How long Terraform waits where pods change one after the other, each once its old self has ended. */
export function oneByOne(pods: number, terminationGracePeriodSeconds: number): string {
  return `${pods * (terminationGracePeriodSeconds + START_SECONDS) + SLACK_SECONDS}s`;
}
