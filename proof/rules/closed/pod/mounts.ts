import { asObject, asObjects, asText, known, type Workload } from "../../../access";
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

function* problems({ pod, body }: Workload): Iterable<string> {
  const { containers, initContainers, injection } = pod;
  const volumes = [...pod.volumes, ...claimsOf(body)];
  const all = [...containers, ...initContainers];
  for (const name of repeated(all.map(({ name }) => known(name))))
    yield `two containers are called ${show(name)}`;
  for (const name of repeated(volumes.map(({ name }) => known(name))))
    yield `two volumes are called ${show(name)}`;
  for (const container of all) yield* containerProblems(container, { volumes, injection });
  const isStored =
    claimsOf(body).length > 0 ||
    asObjects(pod.spec.volumes).some(({ persistentVolumeClaim: claim }) => claim !== undefined);
  const group = isStored ? containers[0] && groupOf(containers[0]) : undefined;
  if (known(pod.fsGroup) !== group)
    yield `fsGroup is ${show(pod.fsGroup)}, and storage is of the application's group, where there is any`;
  const mounted = new Set(all.flatMap(({ volumeMounts }) => volumeMounts.map(({ volume }) => volume)));
  for (const { name } of volumes)
    if (!mounted.has(name) && name !== injection?.tokenVolume) yield `nobody mounts the volume ${show(name)}`;
}

function* containerProblems(
  { name, volumeMounts }: Workload["pod"]["containers"][number],
  { volumes, injection }: Pick<Workload["pod"], "injection"> & { readonly volumes: readonly Volume[] },
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

type Volume = Workload["pod"]["volumes"][number] & { readonly isClaim?: true };

/** Storage of a StatefulSet's pods, which is a volume of each of them. */
function claimsOf({ spec }: Workload["body"]): Volume[] {
  return asObjects(asObject(spec).volumeClaimTemplates).map(({ metadata }) => ({
    name: asText(asObject(metadata).name),
    secret: undefined,
    configMap: undefined,
    tokens: [],
    projected: false,
    isClaim: true,
  }));
}

/** Directories that are somebody's already: of the contract, of static credentials, of the kubelet and the kernel. */
const TAKEN =
  /^\/(etc\/leasehold(-static)?|tmp|(var\/)?run\/secrets|proc|sys|dev)(\/|$)|^\/(etc|var|var\/run|run)?$/;

/** The shape of a container makes its group the number of its user. */
function groupOf({ runAsUser }: Workload["pod"]["containers"][number]): number | undefined {
  return known(runAsUser);
}

/** Where the contract, the static files and what is written for a while have their places, and the application's own. */
function placeOf(volume: Volume): Pick<RegExp, "test"> {
  const own = ({ configMap, secret, isClaim }: Volume) => {
    if (isClaim === true) return undefined;
    if (configMap !== undefined) return /^\/etc\/leasehold$/;
    return secret === undefined ? /^\/tmp$/ : /^\/etc\/leasehold-static\/[^/]+$/;
  };
  const place = own(volume);
  return { test: (path) => place?.test(path) === true || OWN.test(path) };
}

/** A directory of the application's, which is nobody else's. */
const OWN = { test: (path: string) => path.startsWith("/") && !TAKEN.test(path) };

function isData({ configMap, secret }: Volume): boolean {
  return configMap !== undefined || secret !== undefined;
}

function repeated(names: readonly (string | undefined)[]): (string | undefined)[] {
  return [...new Set(names.filter((name, index) => name !== undefined && names.indexOf(name) < index))];
}
