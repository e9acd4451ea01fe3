import type { PodVolume } from "../declaration/pod";
import type { OwnWorkload } from "../declaration/workload";
import type { Volume, VolumeMount } from "./types";

/** The volumes that a workload declares. */
export function declaredVolumes({ pod }: OwnWorkload): readonly PodVolume[] {
  return pod?.volumes ?? [];
}

/** A volume as Kubernetes writes it. */
export function podVolume(volume: PodVolume): Volume {
  const { name } = volume;
  switch (volume.kind) {
    case "secret":
      return { name, secret: { secretName: volume.secret } };
    case "config-map":
      return { name, configMap: { name: volume.configMap } };
    case "empty-dir":
      return { name, emptyDir: { sizeLimit: volume.sizeLimit } };
    case "claim":
      return { name, persistentVolumeClaim: { claimName: volume.claim } };
  }
}

/** Where the application finds what the workload declares. */
export function applicationMounts(workload: OwnWorkload): VolumeMount[] {
  return declaredVolumes(workload).map(mountOf);
}

/** Nobody writes into a Secret or a ConfigMap. */
export function mountOf({ kind, name, mountPath }: PodVolume): VolumeMount {
  return { name, mountPath, ...((kind === "secret" || kind === "config-map") && { readOnly: true }) };
}
