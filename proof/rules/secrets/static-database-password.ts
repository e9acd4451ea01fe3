import { isUnknown, known, type Container, type Known, type MadeSecret, type Workload } from "../../access";
import { databaseVariable } from "../../core";
import { MANIFEST_POD } from "../example-parts";
import { stageOf } from "../migration/stages";
import type { Rule } from "../rule";
import { listed } from "../words";

export const staticDatabasePassword: Rule = {
  id: "secrets/static-database-password",
  severity: "error",
  title: "workload that still takes a static database password",
  why: "A password in the environment lives as long as the Secret does, is shown by kubectl describe and inherited by every child process.",
  example: {
    language: "yaml",
    text: `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  replicas: 2
  template:
${MANIFEST_POD}
      containers:
        - name: orders
          env:
            - name: PGPASSWORD
              valueFrom: { secretKeyRef: { name: orders-database, key: password } }`,
  },
  *check({ workloads, madeSecrets }) {
    for (const workload of workloads) {
      // One that is on its way says so, and is told of its debt.
      if (["static", "shadow", "canary"].includes(stageOf(workload) ?? "")) continue;
      const found = [...workload.pod.containers, ...workload.pod.initContainers]
        .filter((container) => !isServer(container))
        .flatMap((container) => passwordsOf(container, madeSecrets, workload.namespace));
      if (found.length === 0) continue;
      yield {
        at: workload.origin,
        message: `${found.length === 1 ? "the variable" : "the variables"} ${listed([...new Set(found)])} ${found.length === 1 ? "hands" : "hand"} the pod a database password that never changes`,
        fix: `take the credentials from the agent's file instead${hint(workload)}`,
      };
    }
  },
};

/** The image of PostgreSQL with what initdb takes is the server itself, and no client of it. */
function isServer({ image, env }: Container): boolean {
  const name = (known(image) ?? "").replace(/@.*$|:[^/]*$/, "");
  const isPostgres = /(^|\/)(postgres|postgresql|postgis|timescaledb|pgvector)$/.test(name);
  return (
    isPostgres && env.some(({ name: variable }) => /^POSTGRES(QL)?_PASSWORD$/.test(known(variable) ?? ""))
  );
}

function passwordsOf(
  { env }: Container,
  madeSecrets: readonly MadeSecret[],
  namespace: Known<string>,
): string[] {
  // What an operator writes may change every hour.
  const isMade = (name: Known<string>) =>
    madeSecrets.some(
      (each) => isUnknown(each.name) || (each.name === name && isSame(each.namespace, namespace)),
    );
  return env.flatMap(({ name, value, secret }) => {
    if (secret !== undefined && isMade(secret.name)) return [];
    const variable = known(name) ?? "";
    const given = known(value) ?? "";
    const isFile = given.startsWith("/vault/");
    const kind = databaseVariable(variable);
    if (kind === "password" && !isFile && (secret !== undefined || given !== "")) return [variable];
    const url = kind === "url" && (secret !== undefined || /:\/\/[^/:@]+:[^@]+@/.test(given));
    return url ? [variable] : [];
  });
}

/** One that is not written is that of whoever applies it. */
function isSame(one: Known<string>, other: Known<string>): boolean {
  return isUnknown(one) || isUnknown(other) || one === undefined || other === undefined || one === other;
}

function hint({ pod }: Workload): string {
  return pod.injection === undefined ? ": add the injector's annotations to the pod template" : "";
}
