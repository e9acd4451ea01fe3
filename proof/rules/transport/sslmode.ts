import { known } from "../../access";
import { CONNECTION_HEAD, LOGIN, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { sslmodeOf } from "./sslmode-of";

export const sslmode: Rule = {
  id: "transport/sslmode",
  severity: "error",
  title: "connection to PostgreSQL below verify-full",
  why: "Everything below verify-full talks to whoever answers: require encrypts without looking at the certificate, verify-ca takes any name. (libpq, SSL support)",
  example: {
    language: "hcl",
    text: `${CONNECTION_HEAD}
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=disable"
${LOGIN}

${PASSWORD}`,
  },
  *check({ connections }, { limits }) {
    if (limits.transport === "any") return;
    for (const connection of connections) {
      // The connector of the cloud makes TLS itself.
      if (known(connection.url) === undefined || connection.authType === "gcp_iam") continue;
      const mode = sslmodeOf(connection);
      // With a CA this is a mistake of its own kind.
      if (mode === "verify-full" || (connection.caCertificate !== undefined && mode !== "disable")) continue;
      yield {
        at: connection.origin,
        message: `the connection's sslmode is ${show(mode ?? "prefer (libpq's default)")}`,
        fix: "write sslmode=verify-full in connection_url, and the CA's certificate in tls_ca",
      };
    }
  },
};
