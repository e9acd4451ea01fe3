import type { Construct } from "constructs";
import { TerraformResource, type TerraformMetaArguments } from "./terraform";

export interface QuotaConfigConfig extends TerraformMetaArguments {
  /** Whether what a rate limit refuses is written to the audit devices. */
  readonly enableRateLimitAuditLogging: boolean;
}

/** Vault's one setting of all quotas, in the form of the bindings, whose provider does not know it yet. */
export class QuotaConfig extends TerraformResource {
  static readonly tfResourceType = "vault_quota_config";

  constructor(scope: Construct, id: string, { enableRateLimitAuditLogging, ...meta }: QuotaConfigConfig) {
    super(scope, id, {
      ...meta,
      terraformResourceType: QuotaConfig.tfResourceType,
      terraformGeneratorMetadata: { providerName: "vault" },
    });
    this.addOverride("enable_rate_limit_audit_logging", enableRateLimitAuditLogging);
  }
}
