/**
 * A change of the pods that nothing else of a workload can say: operations of RFC 6902 on the pod template as leasehold
 * renders it, in Kubernetes' own names. What comes out is proven like any other pod.
 */
export interface PodPatch {
  /** Why it is needed; it stands on the workload as `leasehold/pod-patch`. */
  readonly reason: string;
  /** Applied one after the other to the template, which has `metadata` and `spec`; one that does not apply is refused. */
  readonly operations: readonly PodPatchOperation[];
}

/** One operation; `path` is a JSON pointer, such as `/spec/dnsConfig` or `/spec/containers/0/env/-`. */
export type PodPatchOperation =
  /** Puts a value there. */
  | {
      readonly op: "add";
      /** Where; the last part of it may be new. */
      readonly path: string;
      /** Any value of JSON. */
      readonly value: unknown;
    }
  /** Puts another value there. */
  | {
      readonly op: "replace";
      /** Where; something must be there. */
      readonly path: string;
      /** Any value of JSON. */
      readonly value: unknown;
    }
  /** Takes out what is there. */
  | {
      readonly op: "remove";
      /** Where; something must be there. */
      readonly path: string;
    }
  /** Refuses the patch where something else is there, such as another container than the one that is meant. */
  | {
      readonly op: "test";
      /** Where; something must be there. */
      readonly path: string;
      /** The value that must be there. */
      readonly value: unknown;
    };
