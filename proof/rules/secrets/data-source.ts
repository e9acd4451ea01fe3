import type { Rule } from "../rule";

const READS =
  /^(vault_generic_secret|vault_kv_secret(_v2)?|vault_kv_secret_subkeys_v2|vault_aws_access_credentials|vault_azure_access_credentials|vault_kubernetes_service_account_token|aws_secretsmanager_secret_version|google_secret_manager_secret_version|azurerm_key_vault_secret|kubernetes_secret(_v1)?|external)$/;

export const dataSource: Rule = {
  id: "secrets/data-source",
  severity: "error",
  title: "data source that puts a secret into the state file",
  why: "Terraform keeps what a data source reads in the state; an ephemeral resource is read and forgotten. (Terraform 1.10, ephemeral resources)",
  example: {
    language: "hcl",
    text: `data "vault_generic_secret" "database" {
  path = "secret/database"
}`,
  },
  *check({ terraform }) {
    for (const { origin: at, mode, type } of terraform.resources) {
      if (mode !== "data" || !READS.test(type)) continue;
      yield {
        at,
        message: `${type} reads a secret, and the state file keeps it`,
        fix: "read it as an ephemeral resource into a write-only argument, or let the workload read it by itself",
      };
    }
  },
};
