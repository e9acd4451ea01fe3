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
  const all = [...Object.keys(ANNOTATIONS), ...perFile];
  return all.reduce((best, each) => (distance(name, each) < distance(name, best) ? each : best));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
