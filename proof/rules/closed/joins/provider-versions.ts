import { asObject, asText, known, type AccessGraph, type TerraformResource } from "../../../access";
import type { Violation } from "../../rule";

/** What a later version of a provider has brought: an argument of a type, or the type itself. */
const BROUGHT: readonly {
  readonly provider: string;
  readonly type: string;
  readonly argument?: string;
  readonly version: string;
}[] = [
  {
    provider: "vault",
    type: "vault_kubernetes_auth_backend_config",
    argument: "token_reviewer_jwt_wo",
    version: "5.7.0",
  },
  { provider: "vault", type: "vault_policy", argument: "allow_overwrite", version: "5.10.0" },
  { provider: "vault", type: "vault_quota_config", version: "5.10.0" },
];

/** Whatever version of a range Terraform takes knows what is written. */
export function* providerVersions({ terraform }: AccessGraph): Iterable<Violation> {
  for (const { origin, body } of terraform.settings) {
    const required = asObject(body.required_providers);
    for (const { provider, type, argument, version } of BROUGHT) {
      const asked = known(asText(asObject(required[provider]).version)) ?? "";
      const lowest = /\d+(\.\d+)*/.exec(asked)?.[0];
      if (lowest === undefined || !isBefore(lowest, version)) continue;
      const uses = ({ origin: { root }, ...resource }: TerraformResource) =>
        root === origin.root &&
        resource.type === type &&
        (argument === undefined || resource.body[argument] !== undefined);
      for (const { origin: at } of terraform.resources.filter(uses)) {
        yield {
          at,
          message: `${argument ?? type} came with ${version} of the provider ${provider}, and ${asked} is asked for`,
          fix: `ask for ${version} or later, or leave it out`,
        };
      }
    }
  }
}

function isBefore(one: string, other: string): boolean {
  return one.localeCompare(other, "en", { numeric: true }) < 0;
}
