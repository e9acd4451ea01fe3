import {
  asObject,
  asText,
  type AccessGraph,
  type TerraformResource,
  type Value,
  type ValueObject,
  type Workload,
} from "../../../access";
import { MANIFEST_HEAD, MANIFEST_POD } from "../../example-parts";
import { injected, type Injected } from "../../lifecycle/pods";
import type { Rule, Violation } from "../../rule";
import { resourceFinder } from "../resources";
import { injectedPod } from "./injected-pod";
import { fieldsOf, outline } from "./outline";
import { definitionOf, kindOfProvider, objections, VERSION } from "./schema";

export const kubernetesSchema: Rule = {
  id: "proof/kubernetes-schema",
  severity: "error",
  title: "object that Kubernetes' own schema does not take",
  why: `The API server refuses a value of a type that it does not know, and refuses or leaves out a field that it does not know: the pod that comes of it is another one than was proven. (OpenAPI of Kubernetes ${VERSION})`,
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_POD}
      containers: [{ name: orders, imagePullPolicy: OnChange }]`,
  },
  *check(graph) {
    const objects = [...resources(graph), ...manifests(graph)];
    const pods = new Map(injected(graph).map((each) => [placeOf(each), each]));
    const known = new Map<string, readonly string[]>();
    for (const object of objects) yield* violations(object, pods.get(placeOf(object)), known);
  },
};

/** An object in outline. */
interface Outlined extends Pick<Workload, "origin"> {
  /** Such as `apps/v1 Deployment`. */
  readonly kind: string;
  readonly object: ValueObject;
  /** Whether all of it is there; the rest of a patch is somewhere else. */
  readonly isWhole: boolean;
}

function* resources({ terraform }: AccessGraph): Iterable<Outlined> {
  for (const { mode, type, body, origin } of terraform.resources) {
    const kind = mode === "managed" ? kindOfResource(type) : undefined;
    const definition = kind === undefined ? undefined : definitionOf(kind);
    if (kind === undefined || definition === undefined) continue;
    const object = asObject(outline(definition, fieldsOf(definition, body), "provider"));
    yield { origin, kind, object, isWhole: true };
  }
}

function kindOfResource(type: TerraformResource["type"]): string | undefined {
  return type.startsWith("kubernetes_") ? kindOfProvider(type.slice("kubernetes_".length)) : undefined;
}

/** What leasehold writes for somebody else to deploy are patches. */
function* manifests(graph: AccessGraph): Iterable<Outlined> {
  const resourceOf = resourceFinder(graph);
  for (const { origin, body } of graph.workloads) {
    if (resourceOf(origin) !== undefined) continue;
    const kind = [body.apiVersion, body.kind].map((each) => String(asText(each))).join(" ");
    const definition = definitionOf(kind);
    const object = definition === undefined ? {} : asObject(outline(definition, body, "kubernetes"));
    yield { origin, kind, object, isWhole: false };
  }
}

function* violations(
  { origin: at, kind, object, isWhole }: Outlined,
  pods: Injected | undefined,
  known: Map<string, readonly string[]>,
): Iterable<Violation> {
  const fix = `write what the API of Kubernetes ${VERSION} has there`;
  if (definitionOf(kind) === undefined) return yield { at, message: `there is no schema of ${kind}`, fix };
  const ask = (asked: string, value: Value) => {
    const key = JSON.stringify([asked, isWhole, value]);
    const found = known.get(key) ?? objections(asked, value, isWhole);
    known.set(key, found);
    return found;
  };
  const written = ask(kind, object);
  for (const message of written) yield { at, message, fix };
  const pod = pods && written.length === 0 ? injectedPod(pods, templateOf(pods, object)) : undefined;
  for (const message of pod ? ask("v1 Pod", pod) : [])
    yield { at, message: `in the pod that the webhook answers, ${message}`, fix };
}

/** The pod that the webhook is asked about, in an object of a kind that makes some. */
function templateOf({ kind }: Injected, object: ValueObject): ValueObject {
  const spec = asObject(object.spec);
  if (kind === "Pod") return object;
  return asObject((kind === "CronJob" ? asObject(asObject(spec.jobTemplate).spec) : spec).template);
}

/** Where something stands, as one text. */
function placeOf({ origin: { file, address } }: Pick<Workload, "origin">): string {
  return `${file}\n${address}`;
}
