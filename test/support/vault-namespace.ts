import { relaxed } from "../../lib/environment/guardrails";
import type { Environment } from "../../lib/environment/environment";
import { vaultCa } from "../../template/project/stacks/certificates";
import { production } from "../../template/project/stacks/production";
import { support } from "./people";

/** `production` in a namespace of a Vault somewhere else, with people; its pipeline logs in one namespace above. */
export const inVaultNamespace: Environment = {
  ...production,
  provenIn: undefined,
  guardrails: relaxed,
  cluster: { ...production.cluster, caCertificate: vaultCa },
  vault: {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    namespace: "admin/shop",
    transport: { kind: "tls", caCertificate: vaultCa },
    injector: { kind: "install" },
    audit: [],
    terraform: { login: { kind: "jwt", mount: "jwt-ci", role: "leasehold", namespace: "admin" } },
  },
  people: [support],
};
