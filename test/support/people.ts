import type { PeopleDeclaration } from "../../lib/people";
import { environmentWith } from "./environment";

/** A group of an identity provider, which reads. */
export const support: PeopleDeclaration = {
  name: "support",
  login: { kind: "oidc", mount: "oidc", group: "shop-support" },
  access: [
    {
      database: "shop",
      grants: [
        { tables: ["orders"], privileges: ["SELECT"] },
        { tables: ["customers"], columns: ["id", "name"], privileges: ["SELECT"] },
      ],
    },
  ],
  credentials: 4,
};

/** Two users of Vault's own, who correct what is wrong, for half an hour. */
export const fixers: PeopleDeclaration = {
  name: "fixers",
  login: { kind: "userpass", mount: "userpass", users: ["ada", "grace.h"] },
  access: [
    {
      database: "shop",
      grants: [{ tables: ["orders"], privileges: ["SELECT", "UPDATE"] }],
      connectionLimit: 1,
    },
  ],
  credentials: 2,
  ttl: "30m",
  writes: { reason: "orders that stay open after a refund are closed by hand" },
};

/** `production`, with both. */
export const withPeople = environmentWith({ people: [support, fixers] });
