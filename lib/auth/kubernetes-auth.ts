import { createHash } from "node:crypto";
import { Construct } from "constructs";
import {
  authPathProblems,
  certificateProblems,
  durationProblems,
  isDuration,
  seconds,
  urlProblems,
  type Duration,
  type Problem,
} from "../core";
import { assertProps } from "../core/props";
import { providersOf, type ProviderVersions } from "../core/providers";
import {
  AuthBackend,
  KubernetesAuthBackendConfig,
  TerraformStack,
  TerraformVariable,
} from "../core/terraform";
import { reviewerProblems, type Reviewer } from "./reviewer";
import { kubernetesAuthSchema } from "./schema";

export interface KubernetesAuthProps {
  /** Path of the auth method, without `auth/`; every cluster has its own. */
  readonly path: string;
  /** URL of the cluster's API server as Vault reaches it. */
  readonly kubernetesHost: string;
  /**
   * PEM certificate of the API server's CA.
   * @default - Vault reads the CA of its own pod
   * @protects from a CA that is copied and forgotten: Vault's pod has the present one
   */
  readonly caCertificate?: string;
  /** Lifetime of a token whose role says nothing. */
  readonly defaultLeaseTtl: Duration;
  /** The longest that a role may ask for; a role with a longer period is refused by Vault. */
  readonly maxLeaseTtl: Duration;
  /** Who asks the API server whether a pod's token is genuine. */
  readonly reviewer: Reviewer;
  /**
   * What people read in Vault's list of auth methods.
   * @default - none; with a reviewer whose token is written out of band, that it is so
   * @protects nothing
   */
  readonly description?: string;
}

/** The login of one cluster's pods: Vault's Kubernetes auth method, and its configuration. */
export class KubernetesAuth extends Construct {
  /** The method, for what must wait for it. */
  readonly resource: AuthBackend;
  /** Reference to the method's path, within its stack; other stacks know the path by its plain name. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: KubernetesAuthProps) {
    const problems = (read: KubernetesAuthProps) => kubernetesAuthProblems(read, providersOf(scope));
    assertProps(scope, id, props, kubernetesAuthSchema, problems);
    super(scope, id);
    const { path, description, defaultLeaseTtl, maxLeaseTtl, reviewer } = props;
    this.resource = new AuthBackend(this, "Resource", {
      type: "kubernetes",
      path,
      description: description ?? remark(reviewer),
      tune: [wholeTune(defaultLeaseTtl, maxLeaseTtl)],
    });
    this.path = this.resource.path;
    this.configure(props);
  }

  private configure({ path, kubernetesHost, caCertificate, reviewer }: KubernetesAuthProps): void {
    const source = reviewer.kind === "reviewer-jwt" ? reviewer.source : undefined;
    if (source?.kind === "out-of-band") return;
    const configuration = new KubernetesAuthBackendConfig(this, "Configuration", {
      backend: this.path,
      kubernetesHost,
      kubernetesCaCert: caCertificate,
      tokenReviewerJwt:
        source?.kind === "terraform-state"
          ? this.reviewerJwt(path, "it is kept in the state").stringValue
          : undefined,
      // Vault's own token and CA are read again when they rotate; with a reviewer's they must not be.
      disableLocalCaJwt: source !== undefined,
      // Said, because the provider would write false: the issuer differs from cluster to cluster, and
      // the API server checks it anyway when it reviews the token.
      disableIssValidation: true,
    });
    if (source?.kind !== "write-only") return;
    const variable = this.reviewerJwt(path, "every plan and apply needs it, and none keeps it");
    variable.addOverride("ephemeral", true);
    configuration.addOverride("token_reviewer_jwt_wo", variable.stringValue);
    configuration.addOverride(
      "token_reviewer_jwt_wo_version",
      versionOf([kubernetesHost, caCertificate, source.version ?? 1]),
    );
  }

  /** A variable of the stack, so that its name has no hash in it and a second one is refused. */
  private reviewerJwt(path: string, where: string): TerraformVariable {
    return new TerraformVariable(TerraformStack.of(this), "reviewer_jwt", {
      type: "string",
      sensitive: true,
      description: `Token of the ServiceAccount that reviews logins at auth/${path}; ${where}`,
    });
  }
}

/** Everything that is wrong with the props of {@link KubernetesAuth}. */
export function kubernetesAuthProblems(
  props: KubernetesAuthProps,
  providers: ProviderVersions = {},
): Problem[] {
  const { path, kubernetesHost, caCertificate, defaultLeaseTtl, maxLeaseTtl, reviewer } = props;
  return [
    ...authPathProblems("path", path),
    ...urlProblems("kubernetesHost", kubernetesHost, ["https"]),
    ...(caCertificate === undefined ? [] : certificateProblems("caCertificate", caCertificate)),
    ...durationProblems("defaultLeaseTtl", defaultLeaseTtl),
    ...durationProblems("maxLeaseTtl", maxLeaseTtl),
    ...orderProblems(defaultLeaseTtl, maxLeaseTtl),
    ...reviewerProblems(reviewer, caCertificate, providers),
  ];
}

function orderProblems(defaultLeaseTtl: Duration, maxLeaseTtl: Duration): Problem[] {
  if (!isDuration(defaultLeaseTtl) || !isDuration(maxLeaseTtl)) return [];
  if (seconds(defaultLeaseTtl) <= seconds(maxLeaseTtl)) return [];
  return [
    {
      property: "defaultLeaseTtl",
      must: `be at most 'maxLeaseTtl' (${JSON.stringify(maxLeaseTtl)})`,
      got: defaultLeaseTtl,
      fix: "shorten it, or lengthen the other",
    },
  ];
}

/**
 * Every key, because in JSON the provider demands every key. A method is listed to nobody who has not
 * logged in, and its tokens can be renewed, which batch tokens cannot.
 */
function wholeTune(defaultLeaseTtl: Duration, maxLeaseTtl: Duration) {
  return {
    defaultLeaseTtl: goDuration(seconds(defaultLeaseTtl)),
    maxLeaseTtl: goDuration(seconds(maxLeaseTtl)),
    tokenType: "default-service",
    listingVisibility: "hidden",
    allowedResponseHeaders: [],
    auditNonHmacRequestKeys: [],
    auditNonHmacResponseKeys: [],
    passthroughRequestHeaders: [],
  };
}

/**
 * Another number for another configuration: the provider sends the JWT only with a new number, and whatever else it writes
 * without the JWT erases it (terraform-provider-vault 5.11, resource_kubernetes_auth_backend_config.go).
 */
function versionOf(configuration: readonly unknown[]): number {
  return createHash("sha256").update(JSON.stringify(configuration)).digest().readUInt32BE() + 1;
}

/** The spelling in which the provider reads a TTL back; it knows no days, and any other would drift. */
function goDuration(totalSeconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(totalSeconds / 3600),
    Math.floor((totalSeconds % 3600) / 60),
    totalSeconds % 60,
  ];
  return [
    hours > 0 ? `${hours}h` : "",
    minutes > 0 || (hours > 0 && rest > 0) ? `${minutes}m` : "",
    rest > 0 ? `${rest}s` : "",
  ].join("");
}

/** Who finds a method without a configuration, a person or the proof, is told that it is meant so. */
function remark(reviewer: Reviewer): string | undefined {
  const isOutOfBand = reviewer.kind === "reviewer-jwt" && reviewer.source.kind === "out-of-band";
  return isOutOfBand ? "Its configuration, with the token of a reviewer, is written out of band" : undefined;
}
