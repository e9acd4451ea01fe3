import type { Rule } from "../rule";

const SECRET_REFERENCE =
  /\b(password|secret|token|credentials?|private_key)\b|random_password\.|_secret\b.*\.data\b/i;

export const output: Rule = {
  id: "secrets/output",
  severity: "error",
  title: "output that puts a secret into the state file",
  why: "Outputs stand in the state as they are, sensitive ones too: that flag only keeps them off the screen. (Terraform, sensitive data in state)",
  example: {
    language: "hcl",
    text: `output "database_password" {
  value = random_password.database.result
}

resource "random_password" "database" {
  length = 32
}`,
  },
  *check({ terraform }) {
    for (const { origin: at, name, written } of terraform.outputs) {
      const references = [...JSON.stringify(written ?? "").matchAll(/\$\{([^}]*)\}/g)].map(
        ([, text = ""]) => text,
      );
      if (
        !references.some((text) => SECRET_REFERENCE.test(text)) &&
        !/(password|secret_id|token)$/i.test(name)
      )
        continue;
      yield {
        at,
        message: `the output ${name} gives a secret away`,
        fix: "remove it; who needs the secret reads it from Vault",
      };
    }
  },
};
