import { INJECTOR_PREFIX, known } from "../../../access";
import type { Injected } from "../../lifecycle/pods";

/** A container of an agent, as Kubernetes has it. */
export type Agent = Readonly<Record<string, unknown>>;

/** Which of the agents: the one before the application, or the one beside it. */
export type AgentName = "vault-agent-init" | "vault-agent";

/** The agents that the injector adds to pods of a mode. */
export function agentsOf({ pod }: Injected): AgentName[] {
  switch (pod.injection.mode) {
    case "native-sidecar":
    case "init-only":
    case "unknown":
      return ["vault-agent-init"];
    case "init-and-sidecar":
      return ["vault-agent-init", "vault-agent"];
    case "sidecar-only":
      return ["vault-agent"];
    case "none":
      return [];
  }
}

/** What the injector makes of an agent before it applies the patch (vault-k8s 1.7.6, container_sidecar.go). */
export function injectedAgent(name: AgentName, pods: Injected): Agent {
  const value = (key: string) => known(pods.pod.annotations[INJECTOR_PREFIX + key]);
  const user = Number(value("agent-run-as-user") ?? 100);
  const securityContext = {
    runAsUser: user,
    runAsGroup: Number(value("agent-run-as-group") ?? 1000),
    runAsNonRoot: user !== 0,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  };
  const home = name === "vault-agent" ? "home-sidecar" : "home-init";
  return {
    name,
    command: ["/bin/sh", "-ec"],
    args: [
      "echo ${VAULT_CONFIG?} | base64 -d > /home/vault/config.json && vault agent -config=/home/vault/config.json",
    ],
    env: [
      { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      { name: "HOST_IP", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "VAULT_CONFIG", value: "e30=" },
    ],
    resources: { limits: {}, requests: {} },
    ...(value("agent-set-security-context") !== "false" && { securityContext }),
    volumeMounts: [
      { name: home, mountPath: "/home/vault" },
      { name: "vault-secrets", mountPath: "/vault/secrets" },
    ],
  };
}

/**
 * What the agent has to run as a native sidecar: it waits for the agent to end, which Kubernetes asks for after the
 * application has ended, and revokes only then (measured with the webhook, BusyBox and a real Vault).
 */
export const NATIVE_SIDECAR =
  `echo "$VAULT_CONFIG" | base64 -d > /home/vault/config.json; ` +
  `s=0; p=; trap 's=1; kill $p 2>/dev/null || :' TERM INT; ` +
  `vault agent -config=/home/vault/config.json -exit-after-auth=false & p=$!; ` +
  `[ $s = 0 ] || kill $p; r=0; wait $p || r=$?; ` +
  `while kill -0 $p 2>/dev/null; do wait $p || :; done; ` +
  `[ $s = 1 ] || exit $((r ? r : 1)); ` +
  `[ ! -s /home/vault/.vault-token ] || ` +
  `VAULT_CLIENT_TIMEOUT=5s VAULT_TOKEN=$(cat /home/vault/.vault-token) vault token revoke -self || :`;
