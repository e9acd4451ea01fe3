import type { Migration, ServiceDeclaration } from "../service";

/** One step further, or nothing at the end of the way; what a person has to fill in is a choice that can be changed. */
export function nextStage({ migration, workload }: ServiceDeclaration): Migration | undefined {
  switch (migration?.stage) {
    case "static": {
      const { credentials, readiness } = migration;
      const check = { kind: "container", image: CHECK_IMAGE } as const;
      return { stage: "shadow", credentials, ...(readiness && { readiness }), check };
    }
    case "shadow": {
      const { credentials, readiness } = migration;
      return hasCanary(workload)
        ? { stage: "canary", credentials, share: 1, ...(readiness && { readiness }) }
        : { stage: "dynamic", credentials, ...(readiness && { readiness }) };
    }
    case "canary": {
      const { credentials, readiness } = migration;
      return { stage: "dynamic", credentials, ...(readiness && { readiness }) };
    }
    case "dynamic": {
      const retired = migration.credentials.map(({ database, user, secret }) => ({ database, user, secret }));
      return { stage: "complete", retired };
    }
    default:
      return undefined;
  }
}

function hasCanary(workload: ServiceDeclaration["workload"]): boolean {
  if (workload.kind === "elsewhere") return workload.controller === "Deployment";
  return workload.kind === "deployment" && typeof workload.replicas === "number";
}

/** Has a shell and psql. */
const CHECK_IMAGE = "docker.io/library/postgres:17.2-alpine";
