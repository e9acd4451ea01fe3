import {
  anything,
  block,
  name,
  only,
  optional,
  record,
  text,
  textLike,
  type Keys,
  type Shape,
} from "../shape";

/** A label's value (Kubernetes, labels and selectors). */
export const label: Shape = textLike(
  /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
  "be a label's value",
);

/** A label's or an annotation's key: a name, which may have a domain and a slash before it. */
export const key: Shape = textLike(
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  "be a key that Kubernetes takes",
);

export const labels: Shape = byKey(label);
export const annotations: Shape = byKey(anything);

function byKey(of: Shape): Shape {
  return record(of).superRefine((written, context) => {
    for (const each of Object.keys(written as object))
      if (!key.safeParse(each).success) {
        const message = `must have keys that Kubernetes takes, and not ${JSON.stringify(each)}`;
        context.addIssue({ code: "custom", message });
      }
  });
}

/** What a workload says about itself, which no pod sees. */
const ANNOTATIONS: Keys = {
  "leasehold/migration-stage": optional(only("static", "shadow", "canary", "dynamic")),
  "leasehold/restart-on-rotation": optional(text),
  "leasehold/own-secrets": optional(text),
  "leasehold/pod-patch": optional(text),
  "leasehold/stays": optional(text),
  "leasehold/stays-until": optional(textLike(/^\d{4}-\d{2}-\d{2}$/, "be a day, such as 2027-03-31")),
};

/** Of an object in a namespace. */
export function metadata(more: Keys = {}): Shape {
  return block({ name, namespace: name, ...more });
}

/** Of a workload, with what those of its kind say of themselves beside. */
export function workloadMetadata(beside: Keys = {}): Shape {
  const annotations = block({ ...ANNOTATIONS, ...beside });
  return metadata({
    labels,
    annotations: annotations.safeParse({}).success ? optional(annotations) : annotations,
  });
}
