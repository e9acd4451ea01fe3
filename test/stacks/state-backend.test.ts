import type { ClusterConnection } from "../../lib/environment/cluster";
import { backendBlock, type StateBackend } from "../../lib/environment/state-backend";

const kubeconfig: ClusterConnection = { kind: "kubeconfig", context: "acme" };

const cases: [string, StateBackend, object][] = [
  ["local", { kind: "local" }, { path: "../../../state/production.tfstate" }],
  ["local elsewhere", { kind: "local", directory: "tf" }, { path: "../../../tf/production.tfstate" }],
  [
    "s3",
    { kind: "s3", bucket: "b", region: "eu-west-1" },
    { bucket: "b", region: "eu-west-1", key: "production.tfstate", encrypt: true, use_lockfile: true },
  ],
  [
    "s3 with prefix and key",
    { kind: "s3", bucket: "b", region: "r", prefix: "p/q", kmsKeyId: "alias/tf" },
    {
      bucket: "b",
      region: "r",
      key: "p/q/production.tfstate",
      encrypt: true,
      use_lockfile: true,
      kms_key_id: "alias/tf",
    },
  ],
  ["gcs", { kind: "gcs", bucket: "b" }, { bucket: "b", prefix: "production" }],
  ["gcs with prefix", { kind: "gcs", bucket: "b", prefix: "p" }, { bucket: "b", prefix: "p/production" }],
  [
    "azurerm",
    { kind: "azurerm", resourceGroup: "g", storageAccount: "a", container: "c", prefix: "p" },
    { resource_group_name: "g", storage_account_name: "a", container_name: "c", key: "p/production.tfstate" },
  ],
  [
    "http",
    { kind: "http", address: "https://gitlab/state" },
    {
      address: "https://gitlab/state/production",
      lock_address: "https://gitlab/state/production/lock",
      unlock_address: "https://gitlab/state/production/lock",
      lock_method: "POST",
      unlock_method: "DELETE",
    },
  ],
  [
    "kubernetes",
    { kind: "kubernetes", namespace: "tf" },
    {
      secret_suffix: "production",
      namespace: "tf",
      config_path: "~/.kube/config",
      config_context: "acme",
    },
  ],
];

test.each(cases)("%s", (_, state, settings) => {
  expect(backendBlock(state, "production", kubeconfig)).toEqual({ type: state.kind, settings });
});

test("kubernetes from a pod of the cluster", () => {
  const { settings } = backendBlock({ kind: "kubernetes", namespace: "tf" }, "production", {
    kind: "in-cluster",
  });
  expect(settings).toEqual({ secret_suffix: "production", namespace: "tf", in_cluster_config: true });
});

test("each stack has a state of its own", () => {
  for (const [, state] of cases) {
    expect(backendBlock(state, "a", kubeconfig)).not.toEqual(backendBlock(state, "b", kubeconfig));
  }
});
