import { CONNECTION_HEAD, PASSWORD } from "../example-parts";
import type { Rule } from "../rule";
import { show } from "../words";
import { sslmodeOf } from "./sslmode-of";

export const caWithRequire: Rule = {
  id: "transport/ca-with-require",
  severity: "error",
  title: "CA certificate that verifies nothing",
  why: "Below verify-ca the driver sets InsecureSkipVerify, and Vault leaves that as it is: the CA is loaded and never asked. (jackc/pgconn, configTLS)",
  example: {
    language: "hcl",
    text: `${CONNECTION_HEAD}
    connection_url      = "postgresql://{{username}}:{{password}}@db.example.com/shop?sslmode=require"
    username            = "vault"
    password_wo         = var.password
    password_wo_version = 1
    tls_ca              = file("ca.pem")
  }
}

${PASSWORD}`,
  },
  *check({ connections }) {
    for (const connection of connections) {
      const mode = sslmodeOf(connection);
      if (connection.caCertificate === undefined || mode === "verify-full" || mode === "disable") continue;
      if (typeof connection.url !== "string") continue;
      yield {
        at: connection.origin,
        message: `tls_ca is given, and with sslmode ${show(mode ?? "prefer (libpq's default)")} nothing is verified against it`,
        fix: "write sslmode=verify-full in connection_url",
      };
    }
  },
};
