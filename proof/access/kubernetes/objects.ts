import { asObject } from "../read";
import { isUnknown, type Value } from "../value";
import type { Manifest } from "./manifest";
import type { ConfigMap, KubernetesSecret, ServiceAccount } from "./workload";

/** The ServiceAccount that a manifest describes, if it is one. */
export function readServiceAccount(manifest: Manifest): ServiceAccount | undefined {
  if (manifest.kind !== "ServiceAccount") return undefined;
  const { origin, name, namespace } = manifest;
  return { origin, name, namespace };
}

/** The Secret that a manifest describes, if it is one; its values are not kept. */
export function readSecret(manifest: Manifest): KubernetesSecret | undefined {
  if (manifest.kind !== "Secret") return undefined;
  const { origin, name, namespace, body } = manifest;
  const data = { ...asObject(body.data), ...asObject(body.stringData), ...asObject(body.binaryData) };
  return { origin, name, namespace, inlineKeys: Object.keys(data).filter((key) => isInline(data[key])) };
}

/** The ConfigMap that a manifest describes, if it is one. */
export function readConfigMap(manifest: Manifest): ConfigMap | undefined {
  if (manifest.kind !== "ConfigMap") return undefined;
  const { origin, name, namespace, body } = manifest;
  return { origin, name, namespace, data: asObject(body.data) };
}

function isInline(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && !isUnknown(value);
}
