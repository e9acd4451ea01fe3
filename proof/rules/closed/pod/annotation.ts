import { INJECTOR_PREFIX, isUnknown, type Known, type Workload } from "../../../access";
import { isHarmlessAnnotation } from "../../../core";
import type { Injected } from "../../lifecycle/pods";
import { credentialsOf } from "../../migration/stages";
import type { Rule } from "../../rule";
import { show } from "../../words";
import { POD_HEAD, POD_REST } from "./example";
import { FILE_FORMS, FORMS, type Form } from "./annotation-forms";

export const annotation: Rule = {
  id: "proof/annotation",
  severity: "error",
  title: "annotation that the chain does not rely on, or lacks, or with another value",
  why: "Each annotation changes what the webhook makes of the pod: the proof holds for those that it knows, with the values that it knows. (vault-k8s 1.7.6, annotations.go)",
  example: {
    language: "yaml",
    text: `${POD_HEAD}
        vault.hashicorp.com/agent-inject-status: injected
${POD_REST}`,
  },
  *check({ workloads }) {
    for (const workload of workloads) {
      const { origin: at } = workload;
      for (const { key, what } of differences(workload))
        yield { at, message: `${key} ${what}`, fix: "write what the injector is relied on to read" };
    }
  },
};

interface Difference {
  readonly key: string;
  readonly what: string;
}

function* differences(workload: Workload): Iterable<Difference> {
  const { annotations } = workload.pod;
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(INJECTOR_PREFIX) && key !== CHECKSUM && !isHarmlessAnnotation(key))
      yield { key, what: "on the pod is nothing that the proof knows" };
    const [, name = ""] = key.split("/");
    if (name.length > 63)
      yield { key, what: "has a name of more than 63 characters, which Kubernetes refuses" };
  }
  if (annotations[CHECKSUM] === undefined && isOfService(workload))
    yield { key: CHECKSUM, what: "is not set: a contract that changes would not reach running pods" };
  if (isInjected(workload)) yield* injectorDifferences(workload);
  else if (isOfService(workload) && credentialsOf(workload) !== "static")
    yield { key: `${INJECTOR_PREFIX}agent-inject`, what: "is not set, and the pods have no credentials" };
}

/** A rule of its own says whether it is the right one. */
export const CHECKSUM = "leasehold/contract-checksum";

function isOfService({ pod }: Workload): boolean {
  return pod.labels["leasehold/service"] !== undefined;
}

function isInjected(workload: Workload): workload is Injected {
  return workload.pod.injection !== undefined;
}

function* injectorDifferences(pods: Injected): Iterable<Difference> {
  const { annotations, injection } = pods.pod;
  const known = new Set<string>();
  const judge = function* (name: string, form: Form): Iterable<Difference> {
    const key = INJECTOR_PREFIX + name;
    known.add(key);
    const what = difference(form, annotations[key], pods);
    if (what !== undefined) yield { key, what };
  };
  for (const [name, form] of Object.entries(FORMS)) yield* judge(name, form);
  const files = [...new Set(injection.uses.map(({ name }) => name))];
  for (const file of files)
    for (const [name, form] of Object.entries(FILE_FORMS)) yield* judge(`${name}-${file}`, form);
  for (const { name, path } of injection.uses) {
    const key = `${INJECTOR_PREFIX}agent-inject-secret-${name}`;
    if (annotations[key] !== undefined && injection.uses.every((use) => use.path !== annotations[key]))
      yield { key, what: `is ${show(annotations[key])}, and the template reads ${show(path)}` };
  }
  if (files.length === 0)
    yield { key: `${INJECTOR_PREFIX}agent-inject-secret-…`, what: "is not set: the agent writes no file" };
  for (const key of Object.keys(annotations))
    if (key.startsWith(INJECTOR_PREFIX) && !known.has(key))
      yield { key, what: `is ${show(annotations[key])}, and nothing that the chain relies on` };
}

/** What of an annotation is not as the chain needs it. */
function difference(form: Form, value: Known<string>, pods: Injected): string | undefined {
  const must = typeof form.must === "string" ? form.must : form.must(pods);
  if (value === undefined) {
    const needed = typeof form.needed === "boolean" ? form.needed : form.needed(pods);
    return needed ? `is not set, and must ${must}` : undefined;
  }
  if (isUnknown(value)) return `is ${value.expression}, which is not known before apply, and must ${must}`;
  return form.is(value, pods) ? undefined : `is ${show(value)}, and must ${must}`;
}
