import { withoutNeighbours } from "../../e2e/drawn/neighbours";

test("a stack loses its neighbours, what waits for them, and nothing else", () => {
  const role = { namespace: "team-a", name: "orders", depends_on: ["vault_audit.file", "vault_mount.db"] };
  expect(
    withoutNeighbours({
      provider: { vault: [{ address: "https://vault" }], kubernetes: [{ config_path: "a" }] },
      resource: {
        vault_audit: { file: { path: "file" } },
        vault_database_secret_backend_role: { orders: role },
        kubernetes_deployment_v1: {
          orders: { spec: { replicas: 2 }, wait_for_rollout: true, lifecycle: { prevent_destroy: true } },
        },
        helm_release: { vault: { namespace: "vault", wait: true } },
      },
      variable: { shop_password: {} },
    }),
  ).toEqual({
    provider: { vault: [{}], kubernetes: [{ config_path: "a" }] },
    resource: {
      vault_database_secret_backend_role: { orders: { name: "orders", depends_on: ["vault_mount.db"] } },
      kubernetes_deployment_v1: { orders: { spec: { replicas: 2 }, wait_for_rollout: false } },
      helm_release: { vault: { namespace: "vault", wait: false } },
    },
    variable: { shop_password: {} },
  });
});
