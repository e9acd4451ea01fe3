import { createHash } from "node:crypto";
import { isUnknown, known, type ConfigMap } from "../../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../../example-parts";
import type { Rule } from "../../rule";
import { CHECKSUM } from "./annotation";

const CONTRACT = "contract.json";

export const contractChecksum: Rule = {
  id: "proof/contract-checksum",
  severity: "error",
  title: "checksum that is not that of the contract which the pods mount",
  why: "A ConfigMap that changes under a running pod changes nothing that the application has read: its checksum on the pods is what rolls them. With another one the next change of the contract reaches nobody.",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
        leasehold/contract-checksum: ${"0".repeat(64)}
${MANIFEST_SECRET}
${MANIFEST_POD}
      volumes: [{ name: leasehold-contract, configMap: { name: orders-contract } }]
${MANIFEST_CONTAINER}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: orders-contract, namespace: shop }
data: { contract.json: "{}" }`,
  },
  *check({ workloads, configMaps }) {
    const byName = new Map(configMaps.map((map) => [`${known(map.namespace)}/${known(map.name)}`, map]));
    for (const { origin: at, namespace, pod } of workloads) {
      const written = pod.annotations[CHECKSUM];
      const mounted = pod.volumes.map(({ configMap }) =>
        byName.get(`${known(namespace)}/${known(configMap)}`),
      );
      const map = mounted.find((each) => each !== undefined && Object.hasOwn(each.data, CONTRACT));
      if (written === undefined || map === undefined || written === checksumOf(map)) continue;
      yield {
        at,
        message: `${CHECKSUM} is not that of ${map.origin.address}, which the pods mount`,
        fix: `write ${checksumOf(map) ?? "the checksum of what the ConfigMap holds"}`,
      };
    }
  },
};

/** Of the document and the certificates after it, in the order of their databases; nothing where a file is not known. */
function checksumOf({ data }: ConfigMap): string | undefined {
  const database = (file: string) => (file === CONTRACT ? "" : file.replace(/-ca\.crt$/, ""));
  const files = Object.entries(data).sort(([a], [b]) => (database(a) < database(b) ? -1 : 1));
  if (files.some(([, text]) => isUnknown(text))) return undefined;
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(files)))
    .digest("hex");
}
