import { known } from "../../access";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { runsServer, vaultReleases } from "./releases";

export const auditDevices: Rule = {
  id: "vault/audit-devices",
  severity: "error",
  title: "too few audit devices",
  why: "Vault answers no request when it cannot write to any of its audit devices, and without one nobody knows who read which credential: two devices that fail for different reasons. (Vault, audit devices)",
  example: {
    language: "hcl",
    text: `resource "vault_audit" "file" {
  type    = "file"
  options = { file_path = "/vault/audit/audit.log" }
}`,
  },
  *check(graph, { limits }) {
    const { auditDevices } = graph;
    const owner = vaultReleases(graph).find(runsServer)?.origin ?? auditDevices[0]?.origin;
    // Who neither installs Vault nor audits it here shares somebody else's.
    if (owner === undefined) return;
    const kinds = new Set(
      auditDevices.map(({ type, options }) => show(known(options.file_path) === "stdout" ? "stdout" : type)),
    );
    if (kinds.size >= limits.auditDevices) return;
    yield {
      at: owner,
      message: `${auditDevices.length === 0 ? "there is no audit device" : `the audit devices are of ${kinds.size === 1 ? "one kind" : `${kinds.size} kinds`} (${listed([...kinds])})`}, and ${limits.auditDevices} kinds are asked for`,
      fix: "add a vault_audit of another kind, such as a file and stdout",
    };
  },
};
