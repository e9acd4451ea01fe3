import { Construct } from "constructs";
import {
  preventDestroy,
  protectionProblems,
  seconds,
  vaultPathProblems,
  type Duration,
  type Problem,
  type Protection,
} from "../core";
import { assertProps } from "../core/props";
import { Mount } from "../core/terraform";
import { secretsEngineSchema } from "./schema";
import { leaseTtlProblems } from "./ttl";

export interface SecretsEngineProps {
  /** Path of the mount, such as `database`; with another one all leases end. */
  readonly path: string;
  /** Lease of a role that names no TTL of its own. */
  readonly defaultLeaseTtl: Duration;
  /** The longest lease of any role of the mount. */
  readonly maxLeaseTtl: Duration;
  /** Whether Terraform may destroy the mount, and with it every lease. */
  readonly protection: Protection;
  /**
   * What people read in Vault's list of mounts.
   * @default "Short-lived PostgreSQL credentials"
   * @protects nothing
   */
  readonly description?: string;
}

/** The mount of the database secrets engine. */
export class SecretsEngine extends Construct {
  /** The mount, for what must wait for it. */
  readonly resource: Mount;
  /** Reference to the mount's path, within its stack; other stacks know the path by its plain name. */
  readonly path: string;

  constructor(scope: Construct, id: string, props: SecretsEngineProps) {
    assertProps(scope, id, props, secretsEngineSchema, secretsEngineProblems);
    super(scope, id);
    const { path, defaultLeaseTtl, maxLeaseTtl, protection } = props;
    const { description = "Short-lived PostgreSQL credentials" } = props;

    this.resource = new Mount(this, "Resource", {
      path,
      type: "database",
      description,
      defaultLeaseTtlSeconds: seconds(defaultLeaseTtl),
      maxLeaseTtlSeconds: seconds(maxLeaseTtl),
      // In clear, because it is how a PostgreSQL session is traced back to the pod that asked for it.
      auditNonHmacResponseKeys: ["username"],
      lifecycle: { preventDestroy: preventDestroy(protection) },
    });
    this.path = this.resource.path;
  }
}

/** Everything that is wrong with the props of a secrets engine. */
export function secretsEngineProblems(props: SecretsEngineProps): Problem[] {
  const { path, defaultLeaseTtl, maxLeaseTtl, protection } = props;
  return [
    ...vaultPathProblems("path", path),
    ...leaseTtlProblems(
      { default: "defaultLeaseTtl", max: "maxLeaseTtl" },
      { default: defaultLeaseTtl, max: maxLeaseTtl },
    ),
    ...protectionProblems("protection", protection),
  ];
}
