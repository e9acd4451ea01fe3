import { Document, visit } from "yaml";
import type { HelmValues } from "./chart-values";
import { injectorValues } from "./injector";
import { DEV_SERVER, haServerValues } from "./server-values";
import type { InstalledVault } from "./vault";

/** The values for a Vault and its injector, whose agents log in at `auth/<authPath>`. */
export function helmValues(vault: InstalledVault, authPath: string): HelmValues {
  const injector = injectorValues(vault, authPath);
  switch (vault.mode) {
    case "dev":
      return { global: { tlsDisable: true }, injector, server: DEV_SERVER };
    case "ha":
      return { global: { tlsDisable: false }, injector, server: haServerValues(vault) };
    case "external":
      // The address alone keeps the chart from installing a server.
      return { global: { externalVaultAddr: vault.address }, injector };
  }
}

/**
 * Values as YAML that every reader understands alike. Helm reads YAML 1.1, where plain `on` or `12:30` is
 * not text, so all text is quoted, and what has several lines stays readable as a block.
 */
export function toYaml(values: HelmValues): string {
  const document = new Document(values, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string") return;
      node.type = node.value.includes("\n") ? "BLOCK_LITERAL" : "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}
