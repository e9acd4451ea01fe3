import { CONNECTION } from "../example-parts";
import type { Rule } from "../rule";
import { part, show } from "../words";

export const rootNotRotated: Rule = {
  id: "connection/root-not-rotated",
  severity: "warning",
  title: "login whose first password stays",
  why: "Whoever set the database up knows it, and so does every place that it went through; after rotate-root nobody but Vault does. (Vault, rotate-root)",
  example: {
    language: "hcl",
    text: CONNECTION,
  },
  *check({ connections }) {
    for (const { origin: at, mount, name, rotated, passwordArguments, authType } of connections) {
      if (rotated || authType === "gcp_iam" || passwordArguments.includes("connection_url")) continue;
      yield {
        at,
        message: `nothing rotates the password of ${show(name)}`,
        fix: `write a vault_generic_endpoint at ${part(mount)}/rotate-root/${part(name)} with disable_read and disable_delete, or waive this where somebody runs it by hand`,
      };
    }
  },
};
