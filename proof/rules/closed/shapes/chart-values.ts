import { helmValue, type HelmRelease } from "../../../access";
import { cidrObjection } from "../../../core";
import {
  certificates,
  block,
  blocks,
  inOrder,
  list,
  name,
  oneOf,
  only,
  optional,
  quantity,
  record,
  text,
  textLike,
  textThat,
  whole,
  type Keys,
  type Shape,
} from "../shape";
import { resources } from "./resources";
import { readOnlyContainer, restrictedContainer, restrictedPod } from "./security";

/** Of a Vault, as its chart gives it to agents; the host may be of IPv6. */
const ADDRESS = /^https?:\/\/(\[[\da-f:.]+\]|[^\s@/:[\]]+)(:\d{1,5})?(\/[^\s@]*)?$/i;

/** What is understood of a release's values, of which the chart itself takes everything. */
export function chartValues(release: HelmRelease): Shape {
  if (helmValue(release, "server.ha") !== undefined) return servers;
  return helmValue(release, "server.dev") === undefined ? injectorAlone : devServer;
}

const limited = resources({ cpu: quantity, memory: quantity }, { memory: quantity });

const expression: Shape = block({
  key: only("kubernetes.io/metadata.name"),
  operator: only("NotIn"),
  values: list(name),
});

const injector: Shape = block({
  replicas: whole(1, 9),
  authPath: textLike(/^auth\/[^\s/](.*[^\s/])?$/, 'be the path of an auth method, such as "auth/kubernetes"'),
  metrics: block({ enabled: only(true) }),
  strategy: block({
    type: only("RollingUpdate", "Recreate"),
    rollingUpdate: optional(block({ maxSurge: only(0), maxUnavailable: only(1) })),
  }),
  podDisruptionBudget: optional(block({ maxUnavailable: only(1) })),
  webhook: block({
    failurePolicy: only("Fail", "Ignore"),
    // (Kubernetes, API of the MutatingWebhookConfiguration)
    timeoutSeconds: whole(1, 30),
    namespaceSelector: block({ matchExpressions: list(expression) }),
  }),
  extraEnvironmentVars: optional(block({ AGENT_INJECT_VAULT_CACERT_BYTES: certificates })),
  agentDefaults: block({
    cpuRequest: quantity,
    cpuLimit: quantity,
    memRequest: quantity,
    memLimit: quantity,
  }),
  resources: limited,
  securityContext: block({ pod: restrictedPod, container: readOnlyContainer }),
}).superRefine((written, context) => {
  const { replicas, strategy } = written as Readonly<Record<string, unknown>>;
  const { type, rollingUpdate } = strategy as Readonly<Record<string, unknown>>;
  const [message, wanted] =
    Number(replicas) === 1
      ? ["must be Recreate, or Helm does not wait for the only replica", "Recreate"]
      : ["must be RollingUpdate of one at a time, or no webhook is there meanwhile", "RollingUpdate"];
  if (type !== wanted || (type === "RollingUpdate") !== (rollingUpdate !== undefined))
    context.addIssue({ code: "custom", path: ["strategy"], message });
});

/** All of them, or one by its name. */
const namespaces: Shape = block({
  matchLabels: optional(block({ "kubernetes.io/metadata.name": name })),
});

function port(number: number): Shape {
  return block({ port: only(number), protocol: only("TCP") });
}

/** Of the chart's servers: what the Services select by as well. */
const serverLabels: Shape = block({
  matchLabels: block({ "app.kubernetes.io/name": only("vault"), component: only("server") }),
});

const storage: Shape = block({ enabled: only(true), size: quantity, storageClass: optional(name) });

const haServer: Keys = {
  logFormat: only("json", "standard"),
  resources: limited,
  service: block({ publishNotReadyAddresses: only(false) }),
  serviceAccount: optional(block({ annotations: record(text) })),
  extraLabels: optional(record(text)),
  includeConfigAnnotation: only(true),
  topologySpreadConstraints: blocks({
    maxSkew: whole(1, 1),
    topologyKey: only("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
    whenUnsatisfiable: only("ScheduleAnyway"),
    labelSelector: serverLabels,
  }),
  extraEnvironmentVars: block({ VAULT_CACERT: text, AWS_REGION: optional(text) }),
  extraSecretEnvironmentVars: optional(
    blocks({ envName: only("VAULT_TOKEN"), secretName: text, secretKey: text }),
  ),
  volumes: blocks({
    name,
    secret: block({
      secretName: text,
      // Readable for the group of the servers, and for nobody else: 0440.
      defaultMode: only(288),
      items: optional(blocks({ key: text, path: text })),
    }),
  }),
  volumeMounts: blocks({ name, mountPath: textLike(/^\/\S+$/, "be an absolute path"), readOnly: only(true) }),
  dataStorage: storage,
  auditStorage: storage,
  persistentVolumeClaimRetentionPolicy: block({ whenDeleted: only("Retain"), whenScaled: only("Retain") }),
  statefulSet: block({
    annotations: optional(block({ "leasehold/break-glass": text })),
    securityContext: block({ pod: restrictedPod, container: restrictedContainer }),
  }),
  networkPolicy: block({
    enabled: only(true),
    ingress: inOrder(
      block({
        from: list(
          oneOf(
            "be a namespaceSelector of leasehold's, or an ipBlock of less than all addresses",
            block({ namespaceSelector: namespaces }),
            block({ ipBlock: block({ cidr: textThat(cidrObjection) }) }),
          ),
        ),
        ports: inOrder(port(8200)),
      }),
      block({
        from: inOrder(block({ podSelector: serverLabels })),
        ports: inOrder(port(8200), port(8201)),
      }),
    ),
  }),
  ha: block({
    enabled: only(true),
    replicas: only(3, 5, 7),
    disruptionBudget: block({ maxUnavailable: only(1) }),
    raft: block({ enabled: only(true), setNodeId: only(true), config: text }),
  }),
};

const servers: Shape = block({
  global: block({ tlsDisable: only(false) }),
  injector,
  server: block(haServer),
});

const devServer: Shape = block({
  global: block({ tlsDisable: only(true) }),
  injector,
  server: block({
    dev: block({ enabled: only(true) }),
    service: block({ publishNotReadyAddresses: only(false) }),
    statefulSet: block({
      securityContext: block({ pod: restrictedPod, container: restrictedContainer }),
    }),
  }),
});

const injectorAlone: Shape = block({
  global: block({
    externalVaultAddr: textLike(ADDRESS, "be an address with a port that is a number, without a login"),
  }),
  injector,
});
