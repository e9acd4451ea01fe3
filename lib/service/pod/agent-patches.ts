import type { InjectionInput } from "../declaration/injection-input";
import { filesAtStart } from "./probes";

/** One operation of RFC 6902, on a container that the injector is about to add. */
interface PatchOperation {
  readonly op: "test" | "add" | "replace";
  readonly path: string;
  readonly value: unknown;
}

/**
 * What the agent's container runs as a native sidecar. It waits for the agent to end, which Kubernetes
 * asks for after the application has ended, and then revokes its own token, and with it the lease. An
 * agent that ends by itself ends the container, so that the kubelet restarts it. A Vault that does not
 * answer holds the pod up for five seconds at most. It holds neither `${` nor `%{`.
 */
const NATIVE_SIDECAR =
  `echo "$VAULT_CONFIG" | base64 -d > /home/vault/config.json; ` +
  `s=0; p=; trap 's=1; kill $p 2>/dev/null || :' TERM INT; ` +
  `vault agent -config=/home/vault/config.json -exit-after-auth=false & p=$!; ` +
  `[ $s = 0 ] || kill $p; r=0; wait $p || r=$?; ` +
  `while kill -0 $p 2>/dev/null; do wait $p || :; done; ` +
  `[ $s = 1 ] || exit $((r ? r : 1)); ` +
  `[ ! -s /home/vault/.vault-token ] || ` +
  `VAULT_CLIENT_TIMEOUT=5s VAULT_TOKEN=$(cat /home/vault/.vault-token) vault token revoke -self || :`;

/** The patch of the agent before the application; as a native sidecar it stays beside it. */
export function initPatch(input: InjectionInput): PatchOperation[] {
  const native = input.injection.mode === "native-sidecar" ? nativeSidecar(input) : [];
  return forContainer("vault-agent-init", [...native, ...trust(input)]);
}

/**
 * The patch of the agent beside the application. Its revocation looks for the token in the home
 * directory, which a user that the image does not know has not got.
 */
export function sidecarPatch(input: InjectionInput): PatchOperation[] {
  return forContainer("vault-agent", [
    variable("HOME", "/home/vault"),
    ...revocationNamespace(input),
    ...trust(input),
  ]);
}

function nativeSidecar(input: InjectionInput): PatchOperation[] {
  const { files, address } = input;
  const startupProbe = filesAtStart(files.map(({ fileName }) => fileName));
  return [
    { op: "add", path: "/restartPolicy", value: "Always" },
    { op: "replace", path: "/args/0", value: NATIVE_SIDECAR },
    { op: "add", path: "/startupProbe", value: startupProbe },
    // For the revocation. It also overrides the address in the agent's configuration, so that both
    // have to come from one value.
    variable("VAULT_ADDR", address),
    ...revocationNamespace(input),
    { op: "add", path: "/securityContext/seccompProfile", value: { type: "RuntimeDefault" } },
  ];
}

/** The annotation reaches the agent's login alone: the revocation would ask the root namespace, which knows no such token. */
function revocationNamespace({ namespace }: InjectionInput): PatchOperation[] {
  return namespace === undefined ? [] : [variable("VAULT_NAMESPACE", namespace)];
}

function trust({ agentCaCertificate }: InjectionInput): PatchOperation[] {
  return agentCaCertificate === undefined ? [] : [variable("VAULT_CACERT_BYTES", agentCaCertificate)];
}

function variable(name: string, value: string): PatchOperation {
  return { op: "add", path: "/env/-", value: { name, value } };
}

/** A container of another name would be another version's idea of what the operations mean. */
function forContainer(name: string, operations: readonly PatchOperation[]): PatchOperation[] {
  return operations.length === 0 ? [] : [{ op: "test", path: "/name", value: name }, ...operations];
}
