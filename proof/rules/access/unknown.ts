import { AUTH_ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

export const unknown: Rule = {
  id: "access/unknown",
  severity: "error",
  title: "part of the chain that nobody knows before apply",
  why: "What is not known cannot be judged; a proof with a hole in it is none.",
  example: {
    language: "hcl",
    text: `variable "audience" {
  type = string
}

${AUTH_ROLE_HEAD}
  bound_service_account_names      = ["orders"]
  bound_service_account_namespaces = ["shop"]
  audience                         = var.audience
}`,
  },
  *check({ unknowns }) {
    for (const { at, argument, expression } of unknowns) {
      yield {
        at,
        message: `${argument} is ${expression}, which is not known before apply`,
        fix:
          argument === "source"
            ? `run terraform init, so that the module ${show(expression)} is on disk, or lint a plan (terraform show -json)`
            : "write the value, give the variable a default or a .tfvars file, or lint a plan (terraform show -json)",
      };
    }
  },
};
