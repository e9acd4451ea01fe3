import { block, list, only, type Keys, type Shape } from "../shape";

/** What Pod Security `restricted` asks of the chart's pods, which run as the users of their images. */
export const restrictedPod: Shape = block({
  runAsNonRoot: only(true),
  runAsUser: only(100),
  runAsGroup: only(1000),
  fsGroup: only(1000),
  seccompProfile: block({ type: only("RuntimeDefault") }),
});

const CONTAINER: Keys = {
  allowPrivilegeEscalation: only(false),
  capabilities: block({ drop: list(only("ALL")) }),
};

export const restrictedContainer: Shape = block(CONTAINER);

/** Of one that writes nothing into its own image. */
export const readOnlyContainer: Shape = block({ ...CONTAINER, readOnlyRootFilesystem: only(true) });
