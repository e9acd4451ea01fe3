import { DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";
import { problemsOf } from "./problems";

export const syntax: Rule = {
  id: "sql/syntax",
  severity: "error",
  title: "statement that PostgreSQL cannot parse",
  why: "Vault stores any text; PostgreSQL refuses it when the first pod starts. (Parsed by PostgreSQL's own parser)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
  creation_statements   = ["CREAT ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';"]
${DROP}
}`,
  },
  check: problemsOf("syntax", "correct the statement; psql -f tells the same place"),
};
