import { parseConfiguration } from "../hcl";
import { asBoolean, asObject, asObjects, asText, type ValueObject } from "../read";
import { syntaxFailure } from "../terraform/syntax";
import type { ReadFailure } from "../text-file";
import { isUnknown, known, Unknown, type Known } from "../value";
import { login, secretPaths, type CredentialUse, type Injection, type InjectionMode } from "./injection";
import type { ConfigMap, Workload } from "./workload";

const [INIT, SIDECAR] = ["config-init.hcl", "config.hcl"];

/** The files of the ConfigMap from which a pod's agents start. (vault-k8s 1.7.6, container_sidecar.go, container_init_sidecar.go) */
const FILES: Readonly<Record<InjectionMode, readonly string[]>> = {
  "native-sidecar": [INIT],
  "init-only": [INIT],
  "init-and-sidecar": [INIT, SIDECAR],
  "sidecar-only": [SIDECAR],
  none: [],
  unknown: [INIT, SIDECAR],
};

/** The workloads with what a ConfigMap asks of their agents, where one configures them: what annotations say of it counts for nothing then. */
export async function withAgentConfigs(
  workloads: readonly Workload[],
  configMaps: readonly ConfigMap[],
  failures: ReadFailure[],
): Promise<Workload[]> {
  return Promise.all(
    workloads.map(async (workload) => {
      const { pod } = workload;
      if (pod.injection?.configMap === undefined) return workload;
      const injection = await configured(workload, pod.injection, configMaps, failures);
      return { ...workload, pod: { ...pod, injection } };
    }),
  );
}

async function configured(
  { namespace }: Workload,
  injection: Injection,
  configMaps: readonly ConfigMap[],
  failures: ReadFailure[],
): Promise<Injection> {
  const { configMap, mode } = injection;
  const found = configMaps.filter(
    (each) => known(each.name) === known(configMap) && known(each.namespace) === known(namespace),
  );
  const [only] = found;
  if (only === undefined || found.length > 1 || isUnknown(configMap)) return unread(injection);
  const missingFiles = mode === "unknown" ? [] : FILES[mode].filter((file) => only.data[file] === undefined);
  const files = FILES[mode].filter((file) => !missingFiles.includes(file));
  const configs = await Promise.all(files.map(async (file) => parsed(file, only, failures)));
  const read = configs.filter((each) => each !== undefined);
  if (read.length < configs.length) return unread(injection);
  return { ...injection, missingFiles, ...asked(read) };
}

/** A file of a ConfigMap; nothing where it is not known, or is told to be no configuration. */
async function parsed(
  file: string,
  { data, origin }: ConfigMap,
  failures: ReadFailure[],
): Promise<ValueObject | undefined> {
  const text = data[file];
  if (typeof text !== "string") return undefined;
  try {
    return await parseConfiguration(file, text);
  } catch (error) {
    const { message: reason } = syntaxFailure(file, text, error);
    const message = `${file} of ${origin.address} cannot be read: ${reason}`;
    failures.push({ file: origin.file, line: origin.line, message });
    return undefined;
  }
}

/** Where the configuration is not there to be read. */
function unread(injection: Injection): Injection {
  const not = new Unknown(`the ConfigMap ${known(injection.configMap) ?? "of the agents"}`);
  const use = { path: not, file: not, permissions: not, template: not, command: not, errorOnMissingKey: not };
  return {
    ...injection,
    notJudged: "ConfigMap of an agent",
    role: not,
    authPath: not,
    namespace: not,
    address: not,
    tokenVolume: not,
    uses: [{ name: not.expression, ...use }],
    cachedBy: [],
  };
}

/** What the configurations of a pod's agents ask for. */
function asked(configs: readonly ValueObject[]) {
  const uses = configs.flatMap(({ template }) => asObjects(template).flatMap(usesOf));
  const address = configs.map(({ vault }) => asText(asObject(vault).address)).find((each) => each);
  return {
    ...loginOf(configs.map(methodOf)),
    ...(address !== undefined && { address }),
    uses: [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()],
    cachedBy: configs.some(({ cache }) => cache !== undefined) ? ["cache in the ConfigMap"] : [],
  };
}

function loginOf(methods: readonly ReturnType<typeof methodOf>[]) {
  const [method, ...others] = methods;
  if (method === undefined) return {};
  const { type, role, path, namespace, tokenPath } = method;
  const tokenVolume = tokenPath === undefined ? undefined : new Unknown(`the token at ${tokenPath}`);
  const isOne = others.every((each) => JSON.stringify(each) === JSON.stringify(method));
  if (isOne) return { ...login(type, role, path), namespace, tokenVolume };
  const not = new Unknown("another one for each agent");
  return { role: not, authPath: not, notJudged: "login of a pod whose agents log in apart" };
}

/** `method "kubernetes" { … }`, or `method { type = "kubernetes" … }`. */
function methodOf({ auto_auth }: ValueObject) {
  const written = asObject(asObject(auto_auth).method);
  const [label] = Object.keys(written);
  const type = asText(written.type) ?? label;
  const body = written.type === undefined ? asObject(written[label ?? ""]) : written;
  const config = asObject(body.config);
  return {
    type,
    role: asText(config.role),
    path: asText(body.mount_path),
    namespace: asText(body.namespace),
    tokenPath: known(asText(config.token_path)),
  };
}

function usesOf(template: ValueObject): CredentialUse[] {
  const { source, contents, destination, perms, command, exec } = template;
  const text: Known<string> =
    source === undefined ? asText(contents) : new Unknown(`the template ${known(asText(source)) ?? ""}`);
  const use = {
    name: known(asText(destination)) ?? "",
    file: asText(destination),
    permissions: asText(perms),
    template: text,
    command: asText(command) ?? asText(asObject(exec).command),
    errorOnMissingKey: asBoolean(template.error_on_missing_key),
  };
  return secretPaths(undefined, text).map((path) => ({ ...use, path }));
}
