import type { ContainerResources, SecurityContexts } from "./pod-security";

/**
 * The chart's values that are used, and no others: the chart takes an unknown key without a word, so a
 * typo has to be a compile error here. A key without a value is left out.
 */
export interface HelmValues {
  readonly global: { readonly tlsDisable?: boolean; readonly externalVaultAddr?: string };
  readonly injector: InjectorValues;
  readonly server?: ServerValues;
}

/** The chart's values under `injector`. */
export interface InjectorValues {
  readonly replicas: number;
  readonly authPath: string;
  readonly metrics: { readonly enabled: true };
  readonly strategy:
    | { readonly type: "Recreate" }
    | {
        readonly type: "RollingUpdate";
        readonly rollingUpdate: { readonly maxSurge: number; readonly maxUnavailable: number };
      };
  readonly podDisruptionBudget?: { readonly maxUnavailable: number };
  readonly webhook: {
    readonly failurePolicy: "Fail" | "Ignore";
    readonly timeoutSeconds: number;
    readonly namespaceSelector: {
      readonly matchExpressions: readonly {
        readonly key: string;
        readonly operator: "NotIn";
        readonly values: readonly string[];
      }[];
    };
  };
  readonly extraEnvironmentVars?: { readonly AGENT_INJECT_VAULT_CACERT_BYTES: string };
  readonly agentDefaults: {
    readonly cpuRequest: string;
    readonly cpuLimit: string;
    readonly memRequest: string;
    readonly memLimit: string;
  };
  readonly resources: ContainerResources;
  readonly securityContext: SecurityContexts;
}

/** The chart's values under `server`. */
export interface ServerValues {
  readonly dev?: { readonly enabled: true };
  readonly logFormat?: "json";
  readonly resources?: ContainerResources;
  readonly service: { readonly publishNotReadyAddresses: false };
  readonly serviceAccount?: { readonly annotations: Readonly<Record<string, string>> };
  readonly extraLabels?: Readonly<Record<string, string>>;
  readonly includeConfigAnnotation?: true;
  readonly topologySpreadConstraints?: readonly SpreadConstraint[];
  readonly extraEnvironmentVars?: Readonly<Record<string, string>>;
  readonly extraSecretEnvironmentVars?: readonly {
    readonly envName: string;
    readonly secretName: string;
    readonly secretKey: string;
  }[];
  readonly volumes?: readonly SecretVolume[];
  readonly volumeMounts?: readonly SecretMount[];
  readonly dataStorage?: StorageValues;
  readonly auditStorage?: StorageValues;
  readonly persistentVolumeClaimRetentionPolicy?: {
    readonly whenDeleted: "Retain";
    readonly whenScaled: "Retain";
  };
  readonly statefulSet: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly securityContext: SecurityContexts;
  };
  readonly networkPolicy?: { readonly enabled: true; readonly ingress: readonly IngressRule[] };
  readonly ha?: {
    readonly enabled: true;
    readonly replicas: number;
    readonly disruptionBudget: { readonly maxUnavailable: number };
    readonly raft: { readonly enabled: true; readonly setNodeId: true; readonly config: string };
  };
}

/** A volume of each server. */
export interface StorageValues {
  readonly enabled: true;
  readonly size: string;
  readonly storageClass?: string;
}

/** A volume of a Secret. */
export interface SecretVolume {
  readonly name: string;
  readonly secret: {
    readonly secretName: string;
    readonly defaultMode: number;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

/** A mounted volume of a Secret. */
export interface SecretMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly: true;
}

/** Pods or namespaces, by label. */
export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** How pods are spread over the cluster. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: "ScheduleAnyway";
  readonly labelSelector: Selector;
}

/** Who may reach which ports. */
export interface IngressRule {
  readonly from: readonly {
    readonly namespaceSelector?: Partial<Selector>;
    readonly podSelector?: Selector;
    readonly ipBlock?: { readonly cidr: string };
  }[];
  readonly ports: readonly { readonly port: number; readonly protocol: "TCP" }[];
}
