import { known, type ConfigMap, type Container, type Known, type Workload } from "../../access";
import { perGraph } from "../per-graph";
import type { Contract } from "./contract-shape";
import { shapes } from "./understood";
import { differences } from "./not-understood";

/** Key of the contract in its ConfigMap. */
export const CONTRACT_FILE = "contract.json";

/** A contract that a pod mounts. */
export interface MountedContract {
  readonly configMap: ConfigMap;
  /** Name of the volume in the pod. */
  readonly volume: string;
  readonly contract: Contract;
}

/** Tells of each workload the contracts of its pods that are what contracts are. */
export const contractFinder = perGraph(({ configMaps }): ((workload: Workload) => MountedContract[]) => {
  const keyOf = (namespace: Known<string>, name: Known<string>) =>
    JSON.stringify([known(namespace) ?? null, known(name) ?? null]);
  const found = new Map<string, { configMap: ConfigMap; contract: Contract | undefined }>();
  for (const configMap of configMaps) {
    const key = keyOf(configMap.namespace, configMap.name);
    if (CONTRACT_FILE in configMap.data && !found.has(key))
      found.set(key, { configMap, contract: readContract(configMap) });
  }
  return ({ namespace, pod }) =>
    pod.volumes.flatMap(({ name, configMap: source }) => {
      const volume = known(name);
      if (volume === undefined || known(source) === undefined) return [];
      const { configMap, contract } = found.get(keyOf(namespace, source)) ?? {};
      return configMap && contract ? [{ configMap, volume, contract }] : [];
    });
});

function readContract({ data }: ConfigMap): Contract | undefined {
  const parsed = parsedContract(data[CONTRACT_FILE]);
  return [...differences(shapes().contractShape, parsed)].length === 0 ? (parsed as Contract) : undefined;
}

/** What a contract's text holds; nothing where it is no JSON. */
export function parsedContract(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    return undefined;
  }
}

/** Where a container mounts a volume; nothing where it does not. */
export function mountOf({ volumeMounts }: Container, volume: string): string | undefined {
  return known(volumeMounts.find((each) => known(each.volume) === volume)?.path);
}
