import type { Rule } from "../rule";

export const variableNotEphemeral: Rule = {
  id: "secrets/variable-not-ephemeral",
  severity: "warning",
  title: "secret in a variable that is not ephemeral",
  why: "Terraform writes the values of variables into the plan file; an ephemeral variable goes nowhere. (Terraform 1.10)",
  example: {
    language: "hcl",
    text: `variable "database_password" {
  type      = string
  sensitive = true
}`,
  },
  *check({ terraform }) {
    for (const { origin: at, name, ephemeral, sensitive } of terraform.variables) {
      if (ephemeral || !/(password|passwd|secret|token|private_key)$/i.test(name)) continue;
      yield {
        at,
        message: `${name} is ${sensitive ? "sensitive and not ephemeral" : "neither sensitive nor ephemeral"}`,
        fix: "set ephemeral = true and sensitive = true, and give it to write-only arguments only",
      };
    }
  },
};
