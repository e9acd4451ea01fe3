import type { Construct } from "constructs";
import { servicePlatform } from "../environment/derive";
import type { Environment } from "../environment/environment";
import { People, PeopleUsers } from "../people";
import { BaseStack } from "./base-stack";

/**
 * The people of an environment, in whatever clusters it runs. Apart from all else, because it asks for more than the
 * others: whoever writes groups of Vault's identities gives policies to people.
 */
export class PeopleStack extends BaseStack {
  constructor(scope: Construct, id: string, whole: Environment) {
    super(scope, id, whole);
    this.addVaultProvider();
    const platform = servicePlatform(whole);
    const users = new PeopleUsers(this, "Users", whole.name);
    for (const people of whole.people ?? []) new People(this, people.name, { ...people, platform }, users);
  }
}
