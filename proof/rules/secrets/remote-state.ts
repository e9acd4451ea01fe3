import type { Rule } from "../rule";

export const remoteState: Rule = {
  id: "secrets/remote-state",
  severity: "warning",
  title: "reads another configuration's state",
  why: "Whoever may read the one value may read that state whole, with every secret in it. (Terraform, terraform_remote_state)",
  example: {
    language: "hcl",
    text: `data "terraform_remote_state" "network" {
  backend = "local"
  config  = { path = "../network/terraform.tfstate" }
}`,
  },
  *check({ terraform }) {
    for (const { origin: at, mode, type } of terraform.resources) {
      if (mode !== "data" || type !== "terraform_remote_state") continue;
      yield {
        at,
        message: "the whole of another state is read",
        fix: "hand over the few values by a data source of their own, a variable or a parameter store",
      };
    }
  },
};
