import type { FieldRef, Pod } from "./pod";

/** What only the node knows of a pod. */
export interface PodAddress {
  readonly podIP: string;
  readonly hostIP: string;
}

/** The value of a downward API field. */
export function fieldValue(
  { fieldPath }: FieldRef,
  { metadata, spec }: Pod,
  { podIP, hostIP }: PodAddress,
): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (keyed) return metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "";
  const values: Record<string, string | undefined> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": spec.nodeName,
    "spec.serviceAccountName": spec.serviceAccountName,
    "status.podIP": podIP,
    "status.podIPs": podIP,
    "status.hostIP": hostIP,
  };
  const value = values[fieldPath];
  if (value === undefined) throw new Error(`fieldRef ${fieldPath} is not supported by the pod runner`);
  return value;
}
