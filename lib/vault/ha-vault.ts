import type { InjectorOptions } from "./injector-options";
import type { Seal } from "./seal";
import type { Installation } from "./installation";

/** Vault on several nodes with integrated storage (raft) and TLS from end to end. */
export interface HaVault extends Installation {
  readonly mode: "ha";
  /**
   * Vault servers, each on a node of its own; the majority must live.
   *
   * @default 3
   * @protects from a Vault that stops with one node: two of three are a majority
   */
  readonly replicas?: 3 | 5 | 7;
  /** The servers' certificate and the CA that clients trust. */
  readonly tls: VaultTls;
  /** How the root key is protected, and so who unseals Vault after a restart. */
  readonly seal: Seal;
  /**
   * Volume of each server for its data; the size of an existing one cannot be changed here.
   *
   * @default - 10Gi of the default StorageClass
   * @protects from data in a pod, which is gone with it
   */
  readonly dataStorage?: Storage;
  /**
   * Volume of each server at `/vault/audit`, for an audit device of kind `file`. It is there in any case: a
   * volume cannot be added to servers that exist.
   *
   * @default - 10Gi of the default StorageClass
   * @protects from a second audit device that has no place: a volume cannot be added later
   */
  readonly auditStorage?: Storage;
  /**
   * Compute resources of each server.
   *
   * @default - requests 250m CPU and 256Mi, at most 1Gi of memory
   * @protects from a server that is put where its memory is not
   */
  readonly resources?: ServerResources;
  /**
   * Namespaces whose pods may reach Vault through the network policy: those of the services, and of whatever else
   * asks Vault from a pod, such as a pipeline, Prometheus or an ingress controller.
   *
   * @default - all namespaces
   * @protects nothing: every pod reaches Vault's port, and has to log in there
   */
  readonly clientNamespaces?: readonly string[];
  /**
   * Ranges of addresses outside of the cluster from which Vault may be reached through the network policy, such as
   * `10.20.0.0/16`: of a pipeline, of people, or of the load balancer before it, whichever address arrives at the
   * pods. A range with addresses of pods in it lets these in as well.
   *
   * @default - none: where the policy is enforced, nobody outside of the cluster
   * @protects from a Vault that everybody reaches who reaches the cluster
   */
  readonly clientCidrs?: readonly string[];
  /**
   * Who may read `/v1/sys/metrics`.
   *
   * @default { kind: "token" }
   * @protects from names of mounts and roles that everybody in the cluster can read
   */
  readonly metrics?: MetricsAccess;
  /**
   * Annotations of Vault's ServiceAccount that give it a cloud identity, such as
   * `eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account` or `azure.workload.identity/client-id`.
   *
   * @default - none
   * @protects from an identity in the cloud that Vault does not need
   */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /**
   * How somebody gets back in as an administrator, once the root token is revoked and the pipeline's login is lost.
   * Since Vault 2.0 the unseal keys alone do not do it: `generate-root` asks for a token.
   *
   * @default - nobody has said; the guardrail `vault: "highly-available"` refuses that
   * @protects from a Vault that nobody administers any more
   */
  readonly breakGlass?: BreakGlass;
  /**
   * The webhook that puts agents into pods.
   *
   * @default - two replicas; no pod starts without an agent while they are away
   * @protects from pods that start without credentials and stay so
   */
  readonly injector?: InjectorOptions;
}

/**
 * TLS of the servers. The certificate must be valid for {@link VaultTls.serverName} (servers joining each
 * other), for `vault-active.<namespace>.svc` (agents) and for `127.0.0.1` (the CLI inside a pod). Vault
 * reads the files when it starts and at SIGHUP, so a renewed certificate needs one of the two.
 */
export interface VaultTls {
  /** Secret of type kubernetes.io/tls in Vault's namespace, such as cert-manager writes it. */
  readonly secretName: string;
  /** The CA's certificate in PEM, public; it is given to every agent. */
  readonly caCertificate: string;
  /**
   * Name in the certificate by which the servers check each other.
   *
   * @default "vault.<namespace>.svc"
   * @protects from a server that joins another one which is not Vault
   */
  readonly serverName?: string;
  /**
   * Key of the Secret that holds the certificate chain.
   *
   * @default "tls.crt"
   * @protects nothing: it is the key of every Secret of type kubernetes.io/tls
   */
  readonly certificateFile?: string;
  /**
   * Key of the Secret that holds the private key.
   *
   * @default "tls.key"
   * @protects nothing: it is the key of every Secret of type kubernetes.io/tls
   */
  readonly keyFile?: string;
  /**
   * Key of the Secret that holds the CA's certificate.
   *
   * @default "ca.crt"
   * @protects nothing: it is the key under which cert-manager writes it
   */
  readonly caFile?: string;
}

/** A volume. */
export interface Storage {
  /**
   * Size, such as `10Gi`.
   *
   * @default "10Gi"
   * @protects from a volume that is full, which stops Vault
   */
  readonly size?: string;
  /**
   * StorageClass.
   *
   * @default - the cluster's default
   * @protects nothing: which class is right only the cluster knows
   */
  readonly storageClass?: string;
}

/** Compute resources of a Vault server; its CPU is not limited, a throttled Vault stalls every service. */
export interface ServerResources {
  /**
   * CPU that is reserved.
   *
   * @default "250m"
   * @protects from a server that gets no processor on a full node
   */
  readonly cpuRequest?: string;
  /**
   * Memory that is reserved.
   *
   * @default "256Mi"
   * @protects from a server that is put where its memory is not
   */
  readonly memoryRequest?: string;
  /**
   * Memory at which the server is killed.
   *
   * @default "1Gi"
   * @protects from a server that takes the memory of everything else on its node
   */
  readonly memoryLimit?: string;
}

/** Who may read Vault's metrics; the numbers tell names of mounts and how much they are used. */
export type MetricsAccess =
  | {
      /** Holders of a token whose policy allows it. */
      readonly kind: "token";
    }
  | {
      /** Everybody who reaches the port. */
      readonly kind: "unauthenticated";
      /** Why nobody needs a token. */
      readonly reason: string;
    };

/** A way back into Vault that hangs on neither the root token nor the pipeline's login. */
export type BreakGlass =
  | {
      /** Somebody else can log in who may write policies and auth methods. */
      readonly kind: "second-login";
      /** Path of the auth method by which they log in, without `auth/`; it is theirs to write, and not leasehold's. */
      readonly mount: string;
      /** Who that is, and when it was tried last. */
      readonly reason: string;
    }
  | {
      /**
       * A quorum of unseal or recovery keys makes a root token without a login. Whoever reaches the port may begin an
       * attempt as well, or cancel each that somebody else has begun (CVE-2026-5807).
       */
      readonly kind: "generate-root";
      /** Why there is no second login, and who reaches the port. */
      readonly reason: string;
    };
