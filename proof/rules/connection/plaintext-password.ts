import { CONNECTION } from "../example-parts";
import type { Rule } from "../rule";

export const plaintextPassword: Rule = {
  id: "connection/plaintext-password",
  severity: "warning",
  title: "passwords that PostgreSQL sees in plain text",
  why: "Unless password_authentication is scram-sha-256, CREATE ROLE carries the password as it is, and log_statement or one failing statement writes it into PostgreSQL's log. (Vault, postgresql.go)",
  example: {
    language: "hcl",
    text: CONNECTION,
  },
  *check({ connections }) {
    for (const { origin: at, passwordAuthentication } of connections) {
      if (passwordAuthentication === "scram-sha-256") continue;
      if (passwordAuthentication !== undefined && typeof passwordAuthentication !== "string") continue;
      yield {
        at,
        message: `password_authentication is ${passwordAuthentication ?? "not set, which means password"}`,
        fix: 'set password_authentication = "scram-sha-256"',
      };
    }
  },
};
