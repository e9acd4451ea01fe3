import type { ClusterConnection } from "../../lib/environment/cluster";
import type { VaultLogin } from "../../lib/environment/environment";
import { production } from "../../template/project/stacks/production";
import { environmentWith, synthesizeAside } from "../support/environment";

async function providers(login: VaultLogin | undefined, connection: ClusterConnection) {
  const { json } = await synthesizeAside([
    environmentWith({
      cluster: { ...production.cluster, connection },
      vault: { ...production.vault, terraform: login && { login } },
    }),
  ]);
  return { ...json("production-vault").provider, ...json("production").provider };
}

test("a named context of the kubeconfig, a token from the environment", async () => {
  expect(await providers({ kind: "token" }, { kind: "kubeconfig", context: "acme" })).toEqual({
    helm: [{ kubernetes: { config_path: "~/.kube/config", config_context: "acme" } }],
    kubernetes: [{ config_path: "~/.kube/config", config_context: "acme" }],
    vault: [{}],
  });
});

test("another kubeconfig, and nothing said about the login", async () => {
  expect(
    await providers(undefined, { kind: "kubeconfig", context: "acme", path: "/ci/kubeconfig" }),
  ).toMatchObject({
    helm: [{ kubernetes: { config_path: "/ci/kubeconfig" } }],
    kubernetes: [{ config_path: "/ci/kubeconfig" }],
    vault: [{}],
  });
});

test("inside the cluster, by the pod's own token, which Terraform reads when it runs", async () => {
  expect(
    await providers({ kind: "kubernetes", mount: "kubernetes", role: "ci" }, { kind: "in-cluster" }),
  ).toEqual({
    helm: [{ kubernetes: {} }],
    kubernetes: [{}],
    vault: [
      {
        auth_login: [
          {
            path: "auth/kubernetes/login",
            parameters: {
              role: "ci",
              jwt: '${file("/var/run/secrets/kubernetes.io/serviceaccount/token")}',
            },
          },
        ],
      },
    ],
  });
});

test("by a JWT of the CI system, which is in the environment", async () => {
  const { vault } = await providers({ kind: "jwt", mount: "jwt-ci", role: "ci" }, { kind: "in-cluster" });
  expect(vault).toEqual([{ auth_login_jwt: [{ mount: "jwt-ci", role: "ci" }] }]);
});
