import { isDeepStrictEqual } from "node:util";
import { known } from "../../../access";
import type { Injected } from "../../lifecycle/pods";
import { listed, show } from "../../words";
import { NATIVE_SIDECAR, type Agent } from "./agent";
import { gateProblems } from "./probe";
import { differingKeys, isObject } from "./same";

/** What of an agent, as its patch has made it, is not what the chain relies on. */
export function* agentProblems(before: Agent, after: Agent, pods: Injected): Iterable<string> {
  const isNative = pods.pod.injection.mode === "native-sidecar";
  if (isNative) yield* sidecarProblems(after, pods);
  yield* variableProblems(before, after, pods);
  yield* securityProblems(before, after, isNative);
  const own = ["env", "securityContext", ...(isNative ? ["args", "restartPolicy", "startupProbe"] : [])];
  const others = differingKeys(before, after).filter((key) => !own.includes(key));
  if (others.length > 0) yield `has another ${listed(others.map(show))} than the injector gives it`;
}

function* sidecarProblems({ restartPolicy, args, startupProbe }: Agent, pods: Injected): Iterable<string> {
  if (restartPolicy !== "Always")
    yield `has the restartPolicy ${show(String(restartPolicy))}: only Always makes a sidecar of it, and the API server refuses others`;
  if (!isDeepStrictEqual(args, [NATIVE_SIDECAR])) yield scriptProblem(args);
  yield* gateProblems(startupProbe, pods);
}

/** What of the script is missing that one can name. */
function scriptProblem(args: unknown): string {
  const [script = "", ...more] = Array.isArray(args) ? args.map(String) : [];
  if (more.length > 0) return "runs another script: /bin/sh -c takes one argument";
  if (!script.includes("-exit-after-auth=false"))
    return "runs a script without -exit-after-auth=false: it ends after each file, and the kubelet starts it again with a new user";
  if (!/wait \$p.*vault token revoke -self/.test(script))
    return "runs a script that does not revoke, or not only after the agent has ended: users stay, or are dropped under requests";
  return "runs another script than the one that was proven to wait, to revoke and to end";
}

/** Variables that a patch may add, with the only values under which the agent and its revocation reach Vault. */
function* variableProblems(before: Agent, after: Agent, { pod }: Injected): Iterable<string> {
  const [own, all] = [before.env, after.env].map((env) => (Array.isArray(env) ? (env as unknown[]) : []));
  const isKept = own?.every((each, index) => isDeepStrictEqual(each, all?.[index]));
  if (isKept !== true) yield "has lost variables that the injector gives it";
  const added = (all ?? []).slice(own?.length ?? 0).filter(isObject);
  const needed = neededVariables(before, pod);
  for (const [name, value] of Object.entries(needed)) {
    if (!added.some((each) => isDeepStrictEqual(each, { name, value })))
      yield `has no variable ${name} with ${show(value)}`;
  }
  const names = added.map(({ name }) => String(name));
  const unknown = added.filter(
    ({ name, value, ...rest }) =>
      Object.keys(rest).length > 0 ||
      typeof value !== "string" ||
      !(Object.hasOwn(needed, String(name)) || name === "VAULT_CACERT_BYTES"),
  );
  if (unknown.length > 0 || new Set(names).size < names.length)
    yield `has variables that the proof does not know, or twice: ${listed(names.map(show))}`;
}

function neededVariables(
  { name }: Agent,
  { injection }: Injected["pod"],
): Record<string, string | undefined> {
  // A user that the image does not know has no home directory, in which the revocation looks for the token.
  const namespace = known(injection.namespace);
  // The annotation reaches the agent's login, and not the revocation.
  const revocation = namespace === undefined ? {} : { VAULT_NAMESPACE: namespace };
  if (name === "vault-agent") return { HOME: "/home/vault", ...revocation };
  // It wins over the agent's configuration, and the revocation has nothing else.
  return injection.mode === "native-sidecar" ? { VAULT_ADDR: known(injection.address), ...revocation } : {};
}

/** Nothing that the injector has locked may be opened; a native sidecar says its seccomp profile itself. */
function* securityProblems(before: Agent, after: Agent, isNative: boolean): Iterable<string> {
  const own = isObject(before.securityContext) ? before.securityContext : {};
  const { seccompProfile, ...rest } = isObject(after.securityContext) ? after.securityContext : {};
  const others = differingKeys(own, rest);
  if (others.length > 0)
    yield `has another ${listed(others.map(show))} in its securityContext than the injector gives it`;
  const isDefault = isDeepStrictEqual(seccompProfile, { type: "RuntimeDefault" });
  if (isNative ? !isDefault : seccompProfile !== undefined && !isDefault)
    yield "has no seccompProfile RuntimeDefault in its securityContext";
}
