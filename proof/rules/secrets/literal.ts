import type { Rule } from "../rule";
import { show } from "../words";
import { looksLikeSecret, type Suspicion } from "./looks";
import { literalsOf } from "./literals";

export const literal: Rule = {
  id: "secrets/literal",
  severity: "error",
  title: "secret that is written down",
  why: "What stands in the configuration stands in Git, in every plan and in the state file; whoever ever cloned the repository has it.",
  example: {
    language: "hcl",
    text: `provider "vault" {
  address = "https://vault.example.com:8200"
  token   = "hvs.CAESIJ8fM2kQ0Zr5uXaV1mT7nB4cY6wLdE3gH9sK"
}`,
  },
  *check(graph) {
    for (const { at, argument, text } of literalsOf(graph)) {
      const suspicion = looksLikeSecret(argument, text);
      if (suspicion === undefined) continue;
      // The value itself is never named.
      yield { at, message: `${show(argument)} ${WORDS[suspicion]}`, fix: FIX };
    }
  },
};

const WORDS: Readonly<Record<Suspicion, string>> = {
  url: "has a URL with a password in it",
  jwt: "is a JSON web token",
  key: "is a private key",
  "vault-token": "is a token of Vault",
  "service-token": "is a token or key of a service",
  named: "has a name like a secret's and a value that is written down",
};

const FIX =
  "change the secret, because it has been seen; then take it from an ephemeral variable, or let Vault make it";
