/** A service of which the environment before has a slightly different one. */
export const EXAMPLE = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  template:
    metadata:
      annotations:
        vault.hashicorp.com/agent-inject: "true"
        vault.hashicorp.com/agent-pre-populate: "false"
        vault.hashicorp.com/role: orders
        vault.hashicorp.com/agent-inject-secret-shop: database/creds/orders
        vault.hashicorp.com/agent-inject-file-shop: shop.json
    spec:
      serviceAccountName: orders
      containers: [{ name: orders }]
`;
