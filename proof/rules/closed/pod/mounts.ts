import { known, type Workload } from "../../../access";
import { MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../../example-parts";
import type { Rule } from "../../rule";
import { show } from "../../words";

export const mounts: Rule = {
  id: "proof/mounts",
  severity: "error",
  title: "volume or mount that does not fit into the pod that the injector makes",
  why: "The API server refuses a pod with two volumes, containers or mounts of one name or path, or with a mount of a volume that is not there; a volume over the agent's directory hides the file. (Kubernetes, validation of pods)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
${MANIFEST_POD}
      volumes: [{ name: tmp, emptyDir: {} }]
      containers: [{ name: orders, volumeMounts: [{ name: temp, mountPath: /tmp }] }]`,
  },
  *check({ workloads }) {
    for (const workload of workloads)
      for (const message of problems(workload))
        yield { at: workload.origin, message, fix: "mount each volume once, where it is looked for" };
  },
};

function* problems({ pod }: Workload): Iterable<string> {
  const { containers, initContainers, volumes, injection } = pod;
  const all = [...containers, ...initContainers];
  for (const name of repeated(all.map(({ name }) => known(name))))
    yield `two containers are called ${show(name)}`;
  for (const name of repeated(volumes.map(({ name }) => known(name))))
    yield `two volumes are called ${show(name)}`;
  for (const container of all) yield* containerProblems(container, pod);
  const mounted = new Set(all.flatMap(({ volumeMounts }) => volumeMounts.map(({ volume }) => volume)));
  for (const { name } of volumes)
    if (!mounted.has(name) && name !== injection?.tokenVolume) yield `nobody mounts the volume ${show(name)}`;
}

function* containerProblems(
  { name, volumeMounts }: Workload["pod"]["containers"][number],
  { volumes, injection }: Workload["pod"],
): Iterable<string> {
  const where = `the container ${show(name)}`;
  for (const path of repeated(volumeMounts.map(({ path }) => known(path))))
    yield `${where} mounts two volumes at ${show(path)}`;
  for (const { volume: wanted, path, readOnly } of volumeMounts) {
    const volume = volumes.find((each) => each.name === wanted);
    if (volume === undefined) {
      yield `${where} mounts the volume ${show(wanted)}, which the pod does not have`;
      continue;
    }
    const at = String(known(path));
    if (injection !== undefined && /^\/(vault|home\/vault)?(\/|$)/.test(at))
      yield `${where} mounts ${show(wanted)} at ${show(path)}, over what the injector mounts`;
    if (volume.tokens.length > 0) yield `${where} mounts the agent's token, which it has no use for`;
    if (!placeOf(volume).test(at))
      yield `${where} mounts ${show(wanted)} at ${show(path)}, where nobody looks for it`;
    if (isData(volume) && readOnly !== true) yield `${where} mounts ${show(wanted)} without readOnly`;
  }
}

type Volume = Workload["pod"]["volumes"][number];

/** Where the contract, the static files and what is written for a while have their places. */
function placeOf(volume: Volume): RegExp {
  if (volume.configMap !== undefined) return /^\/etc\/leasehold$/;
  return volume.secret === undefined ? /^\/tmp$/ : /^\/etc\/leasehold-static\/[^/]+$/;
}

function isData({ configMap, secret }: Volume): boolean {
  return configMap !== undefined || secret !== undefined;
}

function repeated(names: readonly (string | undefined)[]): (string | undefined)[] {
  return [...new Set(names.filter((name, index) => name !== undefined && names.indexOf(name) < index))];
}
