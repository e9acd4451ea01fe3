import { resource } from "../resource";
import { anything, block, blocks, name, only, optional, record, type Keys, type Shape } from "../shape";
import { labels, metadata } from "./metadata";
import { port, portName } from "./probes";

/** Its token is of no use to the application; the agent has one of its own. */
export const serviceAccount: Shape = resource({
  metadata: metadata(),
  automount_service_account_token: only(false),
});

/** What is in it the contract's proof reads. */
export const configMap: Shape = resource({ metadata: metadata(), data: record(anything) });

/** Pods with an agent pass the strictest level, and nobody else's has a place beside them. */
export const namespace: Shape = resource({
  metadata: block({
    name,
    labels: block({ "pod-security.kubernetes.io/enforce": only("restricted") }),
  }),
});

export const service: Shape = resource({
  metadata: metadata(),
  spec: block({
    type: only("ClusterIP"),
    // Names for each pod of a StatefulSet, and no way to any of them.
    cluster_ip: optional(only("None")),
    selector: labels,
    port: optional(blocks({ name: optional(portName), port, target_port: port })),
  }).superRefine((spec, context) => {
    const { cluster_ip: address, port: ports } = spec as Keys;
    if ((address === undefined) === (ports === undefined))
      context.addIssue({ code: "custom", message: "must have ports, or no address of its own" });
    const all = Array.isArray(ports) ? (ports as readonly Keys[]) : [];
    if (all.length > 1 && all.some((each) => each["name"] === undefined))
      context.addIssue({ code: "custom", message: "must name each of several ports" });
  }),
});
