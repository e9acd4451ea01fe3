import { loginNames, type PeopleDeclaration } from "../people";
import { policyNameOf } from "../service";
import type { Claim } from "./claims";
import { peopleStackNames } from "./derive";
import type { Environment } from "./environment";
import { vaultNames } from "./identities";

/** What the people of an environment take of a Vault: names of policies and groups, and who stands behind a login. */
export function peopleClaims(environment: Environment): Claim[] {
  const [stack = environment.name] = peopleStackNames(environment);
  const all = [...new Map((environment.people ?? []).map((each) => [each.name, each])).values()];
  // A user may be among several people of one environment, and is made there once.
  const logins = new Map(
    all.flatMap((each) =>
      loginNames(each.login).map((name) => {
        const { kind, mount } = each.login;
        return [
          kind === "oidc" ? `${each.name} ${mount} ${name}` : `${mount} ${name}`,
          { each, name },
        ] as const;
      }),
    ),
  );
  return [
    ...all.map((each) => nameClaim(environment, stack, each)),
    ...[...logins.values()].map(({ each, name }) => loginClaim(environment, stack, each, name)),
  ];
}

function nameClaim(environment: Environment, stack: string, { name }: PeopleDeclaration): Claim {
  const own = policyNameOf(environment.name, name);
  return {
    environment: environment.name,
    path: `${stack}/${name}`,
    property: "name",
    got: own,
    keys: vaultNames(environment).flatMap((vault) => [
      `policy ${own.toLowerCase()} of ${vault}`,
      `identity group ${own} of ${vault}`,
    ]),
    must: "make a policy and a group <environment>-<people> of another name than any in the same Vault",
    fix: "rename the people or the environment",
  };
}

/** Vault knows one alias of a name at an auth method, and that leads to one group, or to one entity. */
function loginClaim(
  environment: Environment,
  stack: string,
  { name, login: { kind, mount } }: PeopleDeclaration,
  alias: string,
): Claim {
  const [what, property] =
    kind === "oidc" ? (["group", "login.group"] as const) : (["user", "login.users"] as const);
  return {
    environment: environment.name,
    path: `${stack}/${name}`,
    property,
    got: alias,
    keys: vaultNames(environment).map((vault) => `${what} ${alias} at ${mount} of ${vault}`),
    must: `be declared once for a Vault, which has one alias for a ${what} of ${mount}`,
    fix:
      kind === "oidc"
        ? "give each of them a group of its own at the identity provider, or declare both accesses here"
        : "let the environments have users or an auth method each, or take groups of an identity provider",
  };
}
