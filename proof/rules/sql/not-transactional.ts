import { DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { problemsOf } from "./problems";

export const notTransactional: Rule = {
  id: "sql/not-transactional",
  severity: "error",
  title: "statement that cannot run in Vault's transaction",
  why: "Vault runs the list in one transaction; PostgreSQL refuses VACUUM, CREATE DATABASE and the like in it, and a COMMIT of its own ends Vault's. (Vault, postgresql.go, NewUser)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
  creation_statements   = ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;", "COMMIT;"]
${DROP}
}`,
  },
  check: problemsOf(
    "not-transactional",
    "leave it out; what has to be done once belongs to the database's set-up",
  ),
};
