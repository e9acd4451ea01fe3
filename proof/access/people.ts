import { credsPath } from "./chains";
import { serves } from "./databases";
import type {
  AuthAccessor,
  DatabaseRole,
  IdentityAlias,
  IdentityEntity,
  IdentityGroup,
  Nodes,
  People,
  PeopleLogin,
  Policy,
} from "./graph";
import type { Origin } from "./origin";
import { capabilitiesAt } from "./policy";
import { asBoolean, asText, asTextMap, asTexts } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import { isUnknown, known, type Known } from "./value";
import { isOneVault } from "./vault-identity";
import { lowerCased, trimmedPath } from "./vault-nodes";

/** A group of Vault's identities; it gives its policies to everybody in it. */
export function readIdentityGroup({ origin, body }: TerraformResource): IdentityGroup {
  return {
    origin,
    name: asText(body.name),
    type: asText(body.type),
    policies: lowerCased(asTexts(body.policies)),
    members: asTexts(body.member_entity_ids),
    memberGroups: asTexts(body.member_group_ids),
    metadata: asTextMap(body.metadata),
  };
}

export function readIdentityEntity({ origin, body }: TerraformResource): IdentityEntity {
  return {
    origin,
    name: asText(body.name),
    policies: lowerCased(asTexts(body.policies)),
    disabled: asBoolean(body.disabled),
  };
}

/** By which name an auth method knows a group, or an entity. */
export function readIdentityAlias({ origin, body }: TerraformResource): IdentityAlias {
  return {
    origin,
    name: asText(body.name),
    accessor: asText(body.mount_accessor),
    of: asText(body.canonical_id),
  };
}

/** An auth method that is there, and looked up for the accessor by which identities call it. */
export function readAuthAccessor({ origin, body }: TerraformResource): AuthAccessor {
  return { origin, path: trimmedPath(asText(body.path)) };
}

/** The resource that an attribute is of, by what is written: `${vault_identity_group.support.id}`. */
export function referred<T extends { readonly origin: Origin }>(
  value: Known<string>,
  attribute: "id" | "accessor",
  from: Origin,
  among: readonly T[],
): T | undefined {
  if (!isUnknown(value)) return undefined;
  const [, address] = /^\$\{([\w.[\]"-]+)\.(?:id|accessor)\}$/.exec(value.expression) ?? [];
  if (address === undefined || !value.expression.endsWith(`.${attribute}}`)) return undefined;
  return among.find(({ origin }) => origin.address === address && origin.root === from.root);
}

/** Everybody who reads credentials by a group of Vault's identities. */
export function peopleOf(nodes: Nodes): People[] {
  return nodes.identityGroups.flatMap((group): People[] => {
    const names = known(group.policies) ?? [];
    const policies = nodes.policies.filter(
      (policy) => typeof policy.name === "string" && names.includes(policy.name) && isOneVault(policy, group),
    );
    const roles = openedBy(policies, group, nodes.databaseRoles);
    if (roles.length === 0) return [];
    return [
      {
        group,
        logins: loginsOf(group, nodes),
        policies,
        accesses: roles.map((databaseRole) => ({
          databaseRole,
          connection: nodes.connections.find((each) => serves(each, databaseRole)),
        })),
      },
    ];
  });
}

function openedBy(
  policies: readonly Policy[],
  group: IdentityGroup,
  databaseRoles: readonly DatabaseRole[],
): DatabaseRole[] {
  const rules = policies.flatMap((policy) => policy.rules ?? []);
  return databaseRoles.filter((role) => {
    const path = known(credsPath(role));
    return path !== undefined && isOneVault(role, group) && capabilitiesAt(rules, path).has("read");
  });
}

/** The names by which auth methods lead to a group: its own, and those of its members. */
function loginsOf(group: IdentityGroup, nodes: Nodes): PeopleLogin[] {
  const { identityGroups, identityGroupAliases, identityEntities, identityEntityAliases } = nodes;
  const members = (known(group.members) ?? []).flatMap(
    (member) => referred(member, "id", group.origin, identityEntities) ?? [],
  );
  const own = [
    ...identityGroupAliases
      .filter((alias) => referred(alias.of, "id", alias.origin, identityGroups) === group)
      .map((alias) => ({ alias, kind: "group" as const })),
    ...identityEntityAliases
      .filter((alias) =>
        members.includes(referred(alias.of, "id", alias.origin, identityEntities) as IdentityEntity),
      )
      .map((alias) => ({ alias, kind: "user" as const })),
  ];
  return own.map(({ alias, kind }) => ({
    kind,
    alias,
    name: alias.name,
    mount: referred(alias.accessor, "accessor", alias.origin, nodes.authAccessors)?.path,
  }));
}
