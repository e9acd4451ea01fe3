import { connections } from "./connections";
import { issuance } from "./issuance";
import { liveRoles } from "./live-roles";
import { poolerClients } from "./pooler-clients";
import { rateLimit } from "./rate-limit";
import { servicesPerStack } from "./services-per-stack";
import type { Rule } from "../rule";

/** The rules about capacity. */
export const capacityRules: readonly Rule[] = [
  connections,
  issuance,
  liveRoles,
  poolerClients,
  rateLimit,
  servicesPerStack,
];
