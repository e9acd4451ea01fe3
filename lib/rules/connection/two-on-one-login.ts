import { known, type Connection } from "../../access";
import { LOGIN, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";

export const twoOnOneLogin: Rule = {
  id: "connection/two-on-one-login",
  severity: "error",
  title: "two connections on one login",
  why: "Rotating the password for one locks the other out. (hashicorp/vault#23725)",
  example: {
    language: "hcl",
    text: `locals {
  url = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
}

${PASSWORD}

resource "vault_database_secret_backend_connection" "shop" {
  for_each      = toset(["orders", "billing"])
  backend       = "database"
  name          = each.key
  allowed_roles = [each.key]
  postgresql {
    connection_url      = local.url
${LOGIN}`,
  },
  *check({ connections }) {
    const byLogin = new Map<string, Connection[]>();
    for (const connection of connections) {
      const host = /@([^/?]+)/.exec(known(connection.url) ?? "")?.[1];
      const login = known(connection.username);
      if (host === undefined || login === undefined) continue;
      const key = `${login}@${host}`;
      byLogin.set(key, [...(byLogin.get(key) ?? []), connection]);
    }
    for (const [login, all] of byLogin) {
      const [first] = all;
      if (first === undefined || all.length < 2) continue;
      yield {
        at: first.origin,
        message: `${listed(all.map(({ origin }) => origin.address))} log in as ${show(login)}`,
        fix: "give each connection a login of its own",
      };
    }
  },
};
