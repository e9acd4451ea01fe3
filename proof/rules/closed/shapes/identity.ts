import { z } from "zod";
import { isUnknown } from "../../../access";
import { resource } from "../resource";
import { anything, block, list, only, optional, text, textLike, textThat, whole, type Shape } from "../shape";
import { one, vaultName, vaultPath } from "./common";

/** An id or an accessor, of a resource of the same stack: one that is written out is somebody else's. */
function attributeOf(type: string, attribute: "id" | "accessor"): Shape {
  const form = new RegExp(`^\\$\\{${type.replaceAll(".", "\\.")}\\.[\\w-]+\\.${attribute}\\}$`);
  return z.unknown().superRefine((value, context) => {
    if (!isUnknown(value) || !form.test(value.expression))
      context.addIssue({ code: "custom", message: `must be the ${attribute} of a ${type} of the stack` });
  });
}

const ACCESSOR = attributeOf("data.vault_auth_backend", "accessor");

/** What a group says of itself: how many credentials are counted with, and why more is done than reading. */
const metadata = {
  "leasehold-credentials": whole(1, 1000),
  "leasehold-writes": optional(
    textThat((text) =>
      text.trim().length < 10 || text.length > 512
        ? "say in ten characters or more why people write"
        : undefined,
    ),
  ),
};

const common = {
  name: vaultName,
  // A second policy would be what nobody has declared for them.
  policies: one(vaultName),
};

const KINDS: Readonly<Record<string, Shape>> = {
  // Who is in it an identity provider says, through the alias.
  external: resource({
    ...common,
    type: only("external"),
    metadata: block({ ...metadata, "leasehold-login": text }),
  }),
  internal: resource({
    ...common,
    type: only("internal"),
    metadata: block(metadata),
    member_entity_ids: list(attributeOf("vault_identity_entity", "id")),
  }),
};

/** A group of people, which by its type has members or an alias. */
export const identityGroup: Shape = z.unknown().superRefine((value, context) => {
  const { type } = value as { readonly type?: unknown };
  const shape = typeof type === "string" && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const checked = (
    shape ?? resource({ ...common, type: only(...Object.keys(KINDS)), metadata: anything })
  ).safeParse(value);
  for (const issue of checked.error?.issues ?? []) context.issues.push(issue as never);
});

/** The group of an identity provider, as its claim names it: one, and no pattern. */
export const identityGroupAlias: Shape = resource({
  name: textLike(/^[^\s*]([^*\n]*[^\s*])?$/, "be the name of one group, without '*'"),
  mount_accessor: ACCESSOR,
  canonical_id: attributeOf("vault_identity_group", "id"),
});

/** A person; policies come by groups alone, so that each has its reason in one place. */
export const identityEntity: Shape = resource({ name: vaultName });

export const identityEntityAlias: Shape = resource({
  name: textLike(/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/, "be a user's name, in lower case as Vault keeps it"),
  mount_accessor: ACCESSOR,
  canonical_id: attributeOf("vault_identity_entity", "id"),
});

/** An auth method that is there. */
export const authAccessor: Shape = resource({ path: vaultPath });
