/** A service on its way, whose pods still live on a Secret. */
export const STATIC_EXAMPLE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
  annotations: { leasehold/migration-stage: static }
spec:
  replicas: 2
  template:
    metadata:
      labels: { leasehold/service: orders, leasehold/credentials: static }
    spec:
      containers:
        - name: orders
          env:
            - name: PGPASSWORD
              valueFrom: { secretKeyRef: { name: orders-database, key: password } }
`;

/** A service whose pods live on the agent's file. */
export const DYNAMIC_EXAMPLE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
  annotations: { leasehold/migration-stage: dynamic }
spec:
  replicas: 2
  template:
    metadata:
      labels: { leasehold/service: orders }
    spec:
      containers: [{ name: orders }]
`;
