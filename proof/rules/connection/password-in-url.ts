import { CONNECTION_HEAD } from "../example-parts";
import type { Rule } from "../rule";

export const passwordInUrl: Rule = {
  id: "connection/password-in-url",
  severity: "error",
  title: "password in the connection URL",
  why: "It stands in the state file and in Git, and Vault cannot rotate it: 'username and password must be in the config'. (Vault, rotate-root)",
  example: {
    language: "hcl",
    text: `${CONNECTION_HEAD}
    connection_url = "postgresql://vault:not-a-real-1@db.example.com/shop?sslmode=verify-full"
  }
}`,
  },
  *check({ connections }) {
    for (const { origin: at, passwordArguments } of connections) {
      if (!passwordArguments.includes("connection_url")) continue;
      yield {
        at,
        message: "connection_url has a password in it",
        fix: "write {{username}}:{{password}} there, and give username, password_wo and password_wo_version",
      };
    }
  },
};
