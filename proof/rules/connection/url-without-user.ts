import { known } from "../../access";
import { CONNECTION_HEAD, LOGIN, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";

export const urlWithoutUser: Rule = {
  id: "connection/url-without-user",
  severity: "error",
  title: "connection URL without the placeholders of the login",
  why: "Vault fills {{username}} and {{password}} into the URL; without them a rotated password is never used, and rotate-root locks Vault out. (Vault, connutil/sql.go)",
  example: {
    language: "hcl",
    text: `${CONNECTION_HEAD}
    connection_url      = "postgresql://db.example.com/shop?sslmode=verify-full"
${LOGIN}

${PASSWORD}`,
  },
  *check({ connections }) {
    for (const { origin: at, url, passwordArguments, authType } of connections) {
      const text = known(url);
      if (text === undefined || authType === "gcp_iam" || passwordArguments.includes("connection_url"))
        continue;
      const missing = ["{{username}}", "{{password}}"].filter((each) => !text.includes(each));
      if (missing.length === 0) continue;
      yield {
        at,
        message: `connection_url has no ${missing.join(" and no ")}`,
        fix: "begin it with postgresql://{{username}}:{{password}}@",
      };
    }
  },
};
