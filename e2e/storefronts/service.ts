import type { EnvironmentService } from "../../lib/environment/environment";
import { SHOP } from "../schema";

/** What differs between the services of the benches that answer customers. */
export interface CustomersService extends Pick<EnvironmentService, "name" | "namespace" | "ttl" | "drain"> {
  readonly image: string;
  readonly args?: readonly string[];
  readonly replicas: number;
}

/** A service that answers customers, whichever language it is in. */
export function customersService({
  image,
  args,
  replicas,
  ...service
}: CustomersService): EnvironmentService {
  return {
    ...service,
    access: [
      {
        database: SHOP,
        grants: [{ tables: ["orders"], privileges: ["SELECT", "INSERT"] }],
        pool: { max: 4 },
      },
    ],
    workload: {
      kind: "deployment",
      image,
      ...(args && { args }),
      replicas,
      port: 8080,
      readiness: { kind: "http", path: "/ready", port: 8080 },
    },
  };
}
