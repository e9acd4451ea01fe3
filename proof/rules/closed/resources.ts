import {
  asObject,
  asText,
  known,
  type AccessGraph,
  type Chain,
  type Origin,
  type TerraformResource,
  type ValueObject,
  type Workload,
} from "../../access";
import { groupBy } from "../../core";
import { perGraph } from "../per-graph";

/** An object of Kubernetes that a resource of Terraform writes. */
export interface KubernetesObject {
  readonly resource: TerraformResource;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly spec: ValueObject;
}

/** The objects of a kind, as the provider calls it: `service`. */
export function objectsOf({ terraform }: AccessGraph, kind: string): KubernetesObject[] {
  const type = new RegExp(`^kubernetes_${kind}(_v1)?$`);
  return terraform.resources
    .filter((resource) => resource.mode === "managed" && type.test(resource.type))
    .map((resource) => {
      const { name, namespace } = asObject(resource.body.metadata);
      return {
        resource,
        name: known(asText(name)),
        namespace: known(asText(namespace)),
        spec: asObject(resource.body.spec),
      };
    });
}

/** Finds the ways of a workload's pods to their credentials. */
export const chainFinder = perGraph(({ chains }): ((workload: Workload) => readonly Chain[]) => {
  const all = groupBy(chains, ({ workload }) => workload);
  return (workload) => all.get(workload) ?? [];
});

/** Finds the resource that something was read from; nothing for a manifest. */
export const resourceFinder = perGraph(
  ({ terraform }): ((origin: Origin | undefined) => TerraformResource | undefined) => {
    const key = ({ address, file }: Origin) => `${file}\n${address}`;
    const all = new Map(terraform.resources.map((resource) => [key(resource.origin), resource]));
    return (origin) => origin && all.get(key(origin));
  },
);
