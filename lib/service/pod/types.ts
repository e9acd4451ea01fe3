/**
 * The part of Kubernetes' pod template that we write, spelled as in Kubernetes' own YAML: the one form
 * from which Terraform's resources, patches and Helm values are made.
 */
export interface PodTemplate {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly restartPolicy: "Always" | "Never";
  /** So that the agent can send the application a signal. */
  readonly shareProcessNamespace?: true;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly securityContext: PodSecurityContext;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly TolerationSpec[];
  readonly priorityClassName?: string;
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

export interface Container extends ContainerProbes {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly EnvVar[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources: ResourceRequirements;
  readonly securityContext: ContainerSecurityContext;
  readonly volumeMounts: readonly VolumeMount[];
}

/** What the kubelet asks a container. */
export interface ContainerProbes {
  readonly startupProbe?: ProbeSpec;
  readonly readinessProbe?: ProbeSpec;
  readonly livenessProbe?: ProbeSpec;
}

export type EnvVar = { readonly name: string } & (
  | { readonly value: string }
  | { readonly valueFrom: { readonly secretKeyRef: KeyOf } }
  | { readonly valueFrom: { readonly configMapKeyRef: KeyOf } }
);

interface KeyOf {
  readonly name: string;
  readonly key: string;
}

export interface ResourceRequirements {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface PodSecurityContext {
  readonly runAsNonRoot: boolean;
  readonly seccompProfile: { readonly type: "RuntimeDefault" };
  /** Group that storage belongs to. */
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: "OnRootMismatch";
}

export interface ContainerSecurityContext {
  readonly runAsNonRoot: boolean;
  readonly runAsUser: number;
  readonly runAsGroup: number;
  readonly allowPrivilegeEscalation: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities: { readonly drop: readonly string[] };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export type Volume = { readonly name: string } & (
  | { readonly emptyDir: { readonly sizeLimit?: string } }
  | { readonly persistentVolumeClaim: { readonly claimName: string } }
  | { readonly configMap: { readonly name: string } }
  | {
      readonly secret: {
        readonly secretName: string;
        readonly items?: readonly { readonly key: string; readonly path: string }[];
      };
    }
  | { readonly projected: { readonly sources: readonly ServiceAccountTokenSource[] } }
);

export interface ServiceAccountTokenSource {
  readonly serviceAccountToken: {
    readonly audience: string;
    readonly expirationSeconds: number;
    readonly path: string;
  };
}

export interface ProbeSpec {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path: string; readonly port: number };
  readonly tcpSocket?: { readonly port: number };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly timeoutSeconds?: number;
  readonly initialDelaySeconds?: number;
}

export interface TolerationSpec {
  readonly key: string;
  readonly operator: "Equal" | "Exists";
  readonly value?: string;
  readonly effect?: string;
}

export interface TopologySpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: "ScheduleAnyway";
  readonly labelSelector: { readonly matchLabels: Readonly<Record<string, string>> };
}
