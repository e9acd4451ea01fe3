import { known } from "../../access";
import { CONNECTION_HEAD, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";

const SUPERUSERS = new Set([
  "postgres",
  "root",
  "admin",
  "rdsadmin",
  "rds_superuser",
  "cloudsqladmin",
  "azuresu",
]);

export const superuserLogin: Rule = {
  id: "connection/superuser-login",
  severity: "error",
  title: "Vault that logs in as the database's superuser",
  why: "Vault needs CREATEROLE and the group roles, no more; rotate-root would also take the superuser's password away from its people. (PostgreSQL, role attributes)",
  example: {
    language: "hcl",
    text: `${CONNECTION_HEAD}
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=verify-full"
    username            = "postgres"
    password_wo         = var.password
    password_wo_version = 1
  }
}

${PASSWORD}`,
  },
  *check({ connections }) {
    for (const { origin: at, username, url } of connections) {
      const inUrl = /^[a-z]+:\/\/([^:@/{]+):/.exec(known(url) ?? "")?.[1];
      const login = known(username) ?? inUrl;
      if (login === undefined || !SUPERUSERS.has(login)) continue;
      yield {
        at,
        message: `Vault logs in as ${show(login)}`,
        fix: "make a login of its own: CREATE ROLE vault_admin LOGIN CREATEROLE NOINHERIT",
      };
    }
  },
};
