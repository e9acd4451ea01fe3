import { caWithRequire } from "./ca-with-require";
import { kubernetesCaMissing } from "./kubernetes-ca-missing";
import { sslmode } from "./sslmode";
import { tlsDisabled } from "./tls-disabled";
import { tlsSkipVerify } from "./tls-skip-verify";
import { vaultOverHttp } from "./vault-over-http";
import type { Rule } from "../rule";

/** The rules about transport. */
export const transportRules: readonly Rule[] = [
  caWithRequire,
  kubernetesCaMissing,
  sslmode,
  tlsDisabled,
  tlsSkipVerify,
  vaultOverHttp,
];
