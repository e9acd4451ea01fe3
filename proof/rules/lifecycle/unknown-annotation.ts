import { closest } from "fastest-levenshtein";
import { INJECTOR_PREFIX } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD } from "../example-parts";
import type { Rule } from "../rule";
import { ANNOTATIONS, kindOf, PER_FILE } from "./annotations";

export const unknownAnnotation: Rule = {
  id: "lifecycle/unknown-annotation",
  severity: "error",
  title: "annotation that the injector does not know",
  why: "The injector passes over what it does not know: a typo is silent, and the pod starts without what it asked for. (vault-k8s 1.7.6, annotations.go)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
        vault.hashicorp.com/agent-inject-secrets-shop: database/creds/orders
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check({ workloads }) {
    for (const { origin: at, pod } of workloads) {
      for (const key of Object.keys(pod.annotations)) {
        if (!key.startsWith(INJECTOR_PREFIX)) continue;
        const name = key.slice(INJECTOR_PREFIX.length);
        if (kindOf(name) !== undefined) continue;
        yield {
          at,
          message: `the injector knows no ${key}`,
          fix: `write ${INJECTOR_PREFIX}${nearest(name)}`,
        };
      }
    }
  },
};

/** The known name with the fewest letters to change. */
function nearest(name: string): string {
  const perFile = Object.keys(PER_FILE).map((each) => `${each}-NAME`);
  return closest(name, [...Object.keys(ANNOTATIONS), ...perFile]);
}
