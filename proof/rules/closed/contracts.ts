import { known, type AccessGraph, type ConfigMap, type Container, type Workload } from "../../access";
import type { Contract } from "./contract-shape";
import { shapes } from "./lazily";
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

/** The contracts of a pod that are what contracts are. */
export function contractsOf({ configMaps }: AccessGraph, workload: Workload): MountedContract[] {
  return workload.pod.volumes.flatMap(({ name, configMap }) => {
    const volume = known(name);
    const found = configMaps.find(
      (each) =>
        CONTRACT_FILE in each.data &&
        known(each.name) === known(configMap) &&
        known(each.namespace) === known(workload.namespace),
    );
    if (volume === undefined || known(configMap) === undefined || found === undefined) return [];
    const contract = readContract(found);
    return contract === undefined ? [] : [{ configMap: found, volume, contract }];
  });
}

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
