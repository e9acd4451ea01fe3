import { known } from "../../access";
import { CONNECTION_HEAD, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";

export const passwordVersionZero: Rule = {
  id: "connection/password-version-zero",
  severity: "error",
  title: "write-only password that is never sent",
  why: "The provider sends password_wo only when password_wo_version is set and changes, and takes 0 for unset: Vault gets a login without a password and fails with 'failed SASL auth'. (terraform-provider-vault 5)",
  example: {
    language: "hcl",
    text: `${CONNECTION_HEAD}
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
    username            = "vault"
    password_wo         = var.password
    password_wo_version = 0
  }
}

${PASSWORD}`,
  },
  *check({ connections }) {
    for (const { origin: at, passwordArguments, passwordVersion } of connections) {
      if (!passwordArguments.includes("password_wo") || (known(passwordVersion) ?? 0) > 0) continue;
      if (passwordVersion !== undefined && typeof passwordVersion !== "number") continue;
      yield {
        at,
        message: `password_wo is given with password_wo_version ${passwordVersion ?? "unset"}`,
        fix: "set password_wo_version = 1, and count it up to send another password",
      };
    }
  },
};
