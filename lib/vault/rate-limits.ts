import { Construct } from "constructs";
import {
  authPathProblems,
  durationProblems,
  integerProblems,
  labelProblems,
  seconds,
  vaultPathProblems,
  type Duration,
  type Problem,
} from "../core";
import { assertProps } from "../core/props";
import { broughtProblems, providersOf, type ProviderVersions } from "../core/providers";
import { QuotaConfig, QuotaRateLimit, type ITerraformDependable } from "../core/terraform";
import { rateLimitsSchema } from "./schema";

/**
 * Limits on what one client may ask of Vault. Vault counts per server and per client address, and answers
 * 429 above the limit; agents try again by themselves.
 *
 * A start of a pod costs one login and one read of credentials (and three requests that are not limited
 * here: a renewal of its token, one of its lease, one look at the mounts). Where pods have addresses of
 * their own, 10 per second is ample. Where all of them appear as one address (a load balancer, a gateway)
 * the limit must let the largest rollout through: at least the number of pods that start within a second.
 */
export interface RateLimitsProps {
  /** Name of the environment, first part of the quotas' names: these are global to Vault. */
  readonly name: string;
  /** Path of the Kubernetes auth method, such as `kubernetes`. */
  readonly authPath: string;
  /** Path of the database secrets engine, such as `database`. */
  readonly mountPath: string;
  /**
   * Logins that a client may make per interval.
   *
   * @default - not limited
   * @protects nothing: a limit that is too low keeps the pods of a rollout from starting
   */
  readonly login?: number;
  /**
   * Reads of credentials that a client may make per interval.
   *
   * @default - not limited
   * @protects nothing: a limit that is too low keeps the pods of a rollout from starting
   */
  readonly creds?: number;
  /**
   * What the numbers are counted over.
   *
   * @default "1s"
   * @protects from a burst that has used up the limit of a long interval, so that nobody starts until it ends
   */
  readonly interval?: Duration;
  /**
   * What becomes of a request that is refused. `audited` writes it to the audit devices, which Vault does not do by itself; there is
   * one such setting in all of Vault, so that no other environment of it may say so too. Needs the Vault provider from 5.10.0 on.
   *
   * @default - as Vault has it
   * @protects nothing: who is refused is in Vault's metrics, and not in its audit log
   */
  readonly refused?: "audited";
  /** The auth method and the mount: Vault refuses a quota on a path that nothing serves. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** Rate limit quotas on logins and on new credentials. */
export class RateLimits extends Construct {
  constructor(scope: Construct, id: string, props: RateLimitsProps) {
    super(scope, id);
    const problems = (read: Omit<RateLimitsProps, "dependsOn">) =>
      rateLimitsProblems(read, providersOf(scope));
    assertProps(scope, id, props, rateLimitsSchema, problems, { dependsOn: "needed" });
    const { name, authPath, mountPath, login, creds, interval = "1s", refused, dependsOn } = props;
    const limit = (quota: string, path: string, rate: number) =>
      new QuotaRateLimit(this, quota, {
        name: `${name}-${quota.toLowerCase()}`,
        path,
        rate,
        interval: seconds(interval),
        // The paths are plain text, so that nothing else orders the quotas behind what they limit.
        dependsOn: [...dependsOn],
      });

    // Vault gives back what follows a mount without a slash at the end, and the path of the mount alone
    // with one: these two come back as they are written.
    if (login !== undefined) limit("Login", `auth/${authPath}/login`, login);
    if (creds !== undefined) limit("Creds", `${mountPath}/creds/*`, creds);
    if (refused === "audited")
      new QuotaConfig(this, "Refused", { enableRateLimitAuditLogging: true, dependsOn: [...dependsOn] });
  }
}

/** Everything that is wrong with the props. */
export function rateLimitsProblems(
  props: Omit<RateLimitsProps, "dependsOn">,
  providers: ProviderVersions = {},
): Problem[] {
  const { name, authPath, mountPath, login = 1, creds = 1, interval = "1s", refused } = props;
  return [
    ...labelProblems("name", name),
    ...authPathProblems("authPath", authPath),
    ...vaultPathProblems("mountPath", mountPath),
    // Vault rounds to whole requests: 0.4 would lock everybody out.
    ...integerProblems("login", login, 1, 1_000_000),
    ...integerProblems("creds", creds, 1, 1_000_000),
    ...durationProblems("interval", interval),
    ...(refused === undefined ? [] : broughtProblems("refused", refused, providers, "quotaConfig")),
  ];
}
