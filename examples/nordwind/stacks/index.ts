import { strict, type MultiClusterEnvironment } from "leasehold";
import { nordwind } from "./nordwind";

/** Vault, with its audit devices, is of production; the others use it. */
const guest = { ...strict, auditDevices: 0 };

const dev = nordwind({
  ...{ name: "dev", shop: "shop-dev", shopHost: "pg-2.nordwind.example", replicas: 1, tag: "1.9.0-rc.2" },
  guardrails: { ...guest, replicas: 1, parity: "any" },
  audit: [],
});

const staging = nordwind({
  ...{ name: "staging", shop: "shop", shopHost: "pg-2.nordwind.example", replicas: 2, tag: "1.9.0" },
  guardrails: guest,
  audit: [],
});

const production = nordwind({
  ...{ name: "production", shop: "shop", shopHost: "pg-1.nordwind.example", replicas: 6, tag: "1.8.3" },
  guardrails: strict,
  audit: [
    { kind: "file", path: "/var/log/vault/audit.log" },
    { kind: "socket", address: "audit.nordwind.example:9090", socketType: "tcp" },
  ],
});

export const environments: readonly MultiClusterEnvironment[] = [
  dev,
  staging,
  { ...production, provenIn: "staging" },
];
