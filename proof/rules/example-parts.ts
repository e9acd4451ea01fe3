/** Parts of the rules' examples: what is right in each, so that what is wrong stands out. */

/** Vault's first password of a login, as it should be given. */
export const PASSWORD = `variable "password" {
  sensitive = true
  ephemeral = true
}`;

/** A database role up to its statements. */
export const ROLE_HEAD = `resource "vault_database_secret_backend_role" "orders" {
  backend               = "database"
  name                  = "orders"
  db_name               = "shop"
  default_ttl           = 3600
  max_ttl               = 86400`;

/** Creation statements that are right. */
export const CREATE = `  creation_statements   = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;"]`;

/** Revocation statements that are right. */
export const DROP = `  revocation_statements = ["DROP ROLE IF EXISTS \\"{{name}}\\";"]`;

/** A database role that is right. */
export const ROLE = `${ROLE_HEAD}
${CREATE}
${DROP}
}`;

/** A database role up to statements of several lines. */
export const WIDE_ROLE_HEAD = `resource "vault_database_secret_backend_role" "orders" {
  backend     = "database"
  name        = "orders"
  db_name     = "shop"
  default_ttl = 3600
  max_ttl     = 86400`;

/** Creation statements of credentials that become another role. */
export const CREATE_ACTING = `  creation_statements = [
    "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;",
    "ALTER ROLE \\"{{name}}\\" SET role TO shop_owner;",
  ]`;

/** A connection up to its URL. */
export const CONNECTION_HEAD = `resource "vault_database_secret_backend_connection" "shop" {
  backend       = "database"
  name          = "shop"
  allowed_roles = ["orders"]
  postgresql {`;

/** The rest of a connection. */
export const LOGIN = `    username            = "vault"
    password_wo         = var.password
    password_wo_version = 1
  }
}`;

/** A URL that is right. */
const URL = `    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"`;

/** A connection that is right as far as most rules look. */
export const CONNECTION = `${CONNECTION_HEAD}
${URL}
${LOGIN}

${PASSWORD}`;

/** An auth role up to what it binds. */
export const AUTH_ROLE_HEAD = `resource "vault_kubernetes_auth_backend_role" "orders" {
  backend                          = "kubernetes"
  role_name                        = "orders"`;

/** What an auth role should bind. */
export const BOUND = `  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  audience                         = "vault"`;

/** A policy that is right. */
export const POLICY = `resource "vault_policy" "orders" {
  name   = "orders"
  policy = "path \\"database/creds/orders\\" { capabilities = [\\"read\\"] }"
}`;

/** A Deployment with an agent, up to its further annotations. */
export const MANIFEST_HEAD = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/role: orders`;

/** The file of a pod. */
export const MANIFEST_SECRET = `        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders`;

/** The pod of it. */
export const MANIFEST_POD = `    spec:
      serviceAccountName: orders`;

/** Its only container. */
export const MANIFEST_CONTAINER = `      containers: [{ name: orders }]`;

/** The same Deployment in Terraform, up to its replicas. */
export const DEPLOYMENT_METADATA = `resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }
  spec {`;

/** Its annotations and its pod, into the container. */
export const DEPLOYMENT_ANNOTATIONS = `    template {
      metadata {
        annotations = {
          "vault.hashicorp.com/agent-inject"             = "true"
          "vault.hashicorp.com/role"                     = "orders"
          "vault.hashicorp.com/agent-inject-secret-shop" = "database/creds/orders"
        }
      }
      spec {
        service_account_name = "orders"
        container {
          name = "orders"`;

/** Its end. */
export const DEPLOYMENT_END = `        }
      }
    }
  }
}`;
