import { CREATE, DROP, ROLE_HEAD } from "../example-parts";
import type { Rule } from "../rule";

export const executed: Rule = {
  id: "proof/executed",
  severity: "error",
  title: "SQL that does something else on a PostgreSQL than was declared",
  why: "The bootstrap SQL is run twice and credentials are made, renewed and revoked on a PostgreSQL of the synth's own, in which all is there that is declared, and beside it what is not. What they come to must be what was declared, to the last privilege, and nothing may stay. (PostgreSQL's catalogs)",
  example: {
    language: "hcl",
    text: `${ROLE_HEAD}
${CREATE.replace("LOGIN", "LOGIN NOINHERIT")}
${DROP}
}`,
    executed: {
      of: "NOINHERIT",
      problem: "a credential may not SELECT ON TABLE public.orders, which is declared",
    },
  },
  *check(_graph, { executed }) {
    for (const { at, problem } of executed?.problems ?? []) {
      yield {
        at,
        message: `run on a PostgreSQL, ${problem}`,
        fix: "declare what it shall do, or take back what was changed in the SQL that leasehold renders",
      };
    }
  },
};
