import { DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { problemsOf } from "./problems";
import { rolesWithStatements } from "./roles";

export const placeholder: Rule = {
  id: "sql/placeholder",
  severity: "error",
  title: "name or password that Vault does not fill in, or fills in unquoted",
  why: "Vault replaces placeholders as plain text: without double quotes the mixed-case name is folded to another one, and a password that is written down is the same for every pod and stands in the state file. (Vault, postgresql.go)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
  creation_statements   = ["CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE orders;"]
${DROP}
}`,
  },
  *check(graph) {
    yield* problemsOf(
      "placeholder",
      `write "{{name}}" in double quotes and '{{password}}' and '{{expiration}}' in single ones`,
    )(graph);
    for (const { origin: at, statements } of rolesWithStatements(graph)) {
      const { login, actions } = statements.creation;
      if (statements.problems.some(({ kind }) => kind === "syntax") || actions.length === 0) continue;
      if (login === undefined) {
        yield {
          at,
          message: "creation_statements create no role by the name of {{name}}",
          fix: `begin with CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
        };
      } else if (!login.login) {
        yield { at, message: "the role that is created cannot log in", fix: "add LOGIN to CREATE ROLE" };
      }
      const passwords = actions.flatMap((action) =>
        "password" in action && action.password ? [action.password] : [],
      );
      if (login === undefined || (passwords.includes("placeholder") && !passwords.includes("literal")))
        continue;
      yield {
        at,
        message: passwords.includes("literal")
          ? "the password is written down in creation_statements"
          : "the login gets no password",
        fix: "write PASSWORD '{{password}}', which Vault makes anew for each credential",
      };
    }
  },
};
