import type { PeopleDeclaration } from "leasehold";
import * as grants from "./grants";
import type { Size } from "./services";

/** The engineers of an environment; one Vault serves all of them, so each has a group of its own at the identity provider. */
export function peopleOf(environment: string, { shop }: Size): readonly PeopleDeclaration[] {
  return [
    {
      name: "support",
      login: { kind: "oidc", mount: "oidc", group: `shop-support-${environment}` },
      access: [{ database: shop, grants: grants.ordersToLookUp }],
      credentials: 4,
    },
  ];
}

/** Two who correct orders by hand, in production alone. */
export function correctorsOf({ shop }: Size): PeopleDeclaration {
  return {
    name: "corrections",
    login: { kind: "userpass", mount: "userpass", users: ["ada", "grace"] },
    access: [{ database: shop, grants: grants.totalsToCorrect }],
    credentials: 2,
    ttl: "30m",
    writes: { reason: "totals of orders that the ERP refuses are corrected by hand" },
  };
}
