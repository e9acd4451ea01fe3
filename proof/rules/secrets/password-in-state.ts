import { CONNECTION_HEAD } from "../example-parts";
import type { Rule } from "../rule";

export const passwordInState: Rule = {
  id: "secrets/password-in-state",
  severity: "error",
  title: "password that goes into the state file",
  why: "Terraform writes password, data and connection_url into the state as they are; password_wo is write-only and never gets there. (terraform-provider-vault 5)",
  example: {
    language: "hcl",
    text: `variable "password" {
  sensitive = true
}

${CONNECTION_HEAD}
    connection_url = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
    username       = "vault"
    password       = var.password
  }
}`,
  },
  *check({ connections }) {
    for (const { origin: at, passwordArguments } of connections) {
      for (const argument of passwordArguments) {
        if (argument !== "password" && argument !== "data") continue;
        yield {
          at,
          message: `the login's password is given as ${argument === "data" ? "data.password" : argument}, which stands in the state file`,
          fix: "give it as password_wo with password_wo_version, from an ephemeral variable",
        };
      }
    }
  },
};
