import { MANIFEST_HEAD, MANIFEST_POD } from "../../example-parts";

/** Parts of the examples: pods that are right, so that what is wrong stands out. */

export const POD_HEAD = `${MANIFEST_HEAD}
        vault.hashicorp.com/auth-path: auth/kubernetes
        vault.hashicorp.com/service: https://vault.vault.svc:8200
        vault.hashicorp.com/agent-service-account-token-volume-name: vault-token
        vault.hashicorp.com/agent-inject-containers: orders
        vault.hashicorp.com/agent-run-as-user: "10001"
        vault.hashicorp.com/agent-set-security-context: "true"
        vault.hashicorp.com/agent-init-first: "true"
        vault.hashicorp.com/template-config-exit-on-retry-failure: "true"
        vault.hashicorp.com/agent-requests-cpu: 10m
        vault.hashicorp.com/agent-requests-mem: 64Mi
        vault.hashicorp.com/agent-limits-cpu: ""
        vault.hashicorp.com/agent-limits-mem: 128Mi
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders
        vault.hashicorp.com/agent-inject-template-shop: |
          {{- with secret "database/creds/orders" -}}{{ .Data | toJSON }}{{- end -}}
        vault.hashicorp.com/agent-inject-file-shop: shop.json
        vault.hashicorp.com/agent-inject-perms-shop: "0400"
        vault.hashicorp.com/error-on-missing-key-shop: "true"
        vault.hashicorp.com/agent-pre-populate-only: "true"`;

export const POD_REST = `${MANIFEST_POD}
      containers: [{ name: orders, securityContext: { runAsUser: 10001 } }]`;
