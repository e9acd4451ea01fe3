import type { KubernetesClient } from "../servers/kubernetes-client";
import { fieldValue, type PodAddress } from "./field-ref";
import type { ContainerSpec, EnvVar, KeyRef, Pod } from "./pod";

/** The variables of a container, in order, so that later ones may refer to earlier ones. */
export async function containerEnv(
  kubernetes: KubernetesClient,
  pod: Pod,
  { env = [] }: ContainerSpec,
  address: PodAddress,
): Promise<Record<string, string>> {
  const variables: Record<string, string> = { HOSTNAME: pod.metadata.name };
  for (const variable of env) {
    const value = await valueOf(kubernetes, pod, variable, address);
    if (value !== undefined) variables[variable.name] = expand(value, variables);
  }
  return variables;
}

/** Kubernetes' own `$(NAME)`; `$$(NAME)` stays as `$(NAME)`, and an unknown name stays as it is. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$?)\(([A-Za-z_][\w.-]*)\)/g, (reference, escaped: string, name: string) =>
    escaped ? reference.slice(1) : (variables[name] ?? reference),
  );
}

async function valueOf(
  kubernetes: KubernetesClient,
  pod: Pod,
  { name, value, valueFrom }: EnvVar,
  address: PodAddress,
): Promise<string | undefined> {
  if (!valueFrom) return value ?? "";
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return fieldValue(fieldRef, pod, address);
  if (configMapKeyRef) return keyValue(kubernetes, pod, "configmaps", configMapKeyRef);
  if (secretKeyRef) {
    const encoded = await keyValue(kubernetes, pod, "secrets", secretKeyRef);
    return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
  }
  throw new Error(`valueFrom of the variable ${name} is not supported by the pod runner`);
}

async function keyValue(
  kubernetes: KubernetesClient,
  { metadata }: Pod,
  kind: "configmaps" | "secrets",
  { name, key, optional = false }: KeyRef,
): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${metadata.namespace}/${kind}/${name}`;
  const value = (await kubernetes.find<{ data?: Record<string, string> }>(path))?.data?.[key];
  if (value === undefined && !optional) throw new Error(`couldn't find key ${key} in ${kind}/${name}`);
  return value;
}
