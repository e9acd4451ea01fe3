import { known } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { injected } from "./pods";

export const addressMismatch: Rule = {
  id: "lifecycle/address-mismatch",
  severity: "error",
  title: "agent and its patch that reach Vault at different addresses",
  why: "The variable VAULT_ADDR wins over the agent's configuration for the commands that the patch runs: the login goes to one Vault and the revocation to another. (Measured with the native sidecar)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/service: https://vault.vault.svc:8200
        vault.hashicorp.com/agent-init-json-patch: '[{"op":"add","path":"/env/-","value":{"name":"VAULT_ADDR","value":"https://vault.other.svc:8200"}}]'
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    for (const { origin: at, pod } of injected(graph)) {
      const { address, initPatch = [], sidecarPatch = [] } = pod.injection;
      for (const { value } of [...initPatch, ...sidecarPatch]) {
        const variable = value as { name?: unknown; value?: unknown } | undefined;
        if (variable?.name !== "VAULT_ADDR" || known(address) === undefined || variable.value === address)
          continue;
        yield {
          at,
          message: `vault.hashicorp.com/service is ${show(address)}, and the patch sets VAULT_ADDR to ${show(String(variable.value))}`,
          fix: "write one address in both",
        };
      }
    }
  },
};
