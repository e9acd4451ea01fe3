import { isDuration, seconds, type LocatedProblem } from "../lib/core";
import { platformStackName, servicesStackName } from "./derive";
import type { Environment } from "./environment";

/** Where an environment is beyond the limits it holds itself to. */
export function guardrailProblems(environment: Environment): LocatedProblem[] {
  return [
    ...vaultGuardrails(environment),
    ...databaseGuardrails(environment),
    ...serviceGuardrails(environment),
  ];
}

function vaultGuardrails({ name, vault, guardrails, protection }: Environment): LocatedProblem[] {
  const kinds = new Set(vault.audit.map(({ kind }) => kind)).size;
  const problems: LocatedProblem[] = [];
  if (guardrails.vault === "highly-available" && vault.mode === "dev") {
    problems.push({
      path: name,
      property: "vault.mode",
      must: 'be "ha" or "external" under guardrails that ask for a highly available Vault',
      got: vault.mode,
      fix: "a dev Vault forgets everything at a restart; install a real one, or relax the guardrails",
    });
  }
  if (guardrails.transport === "verified" && isPlaintext(vault)) {
    problems.push({
      path: name,
      property: "vault.address",
      must: "be reached by TLS under guardrails that ask for verified transport",
      got: vault.mode === "external" ? vault.address : vault.mode,
      fix: "give Vault a certificate and use https",
    });
  }
  if (vault.mode === "ha" && kinds < guardrails.auditDevices) {
    problems.push({
      path: name,
      property: "vault.audit",
      must: `have at least ${guardrails.auditDevices} audit devices of different kinds: a single one that fails stops Vault`,
      got: vault.audit.map(({ kind }) => kind),
      fix: 'add one, such as { kind: "file", path: "/vault/audit/audit.log" } beside { kind: "stdout" }',
    });
  }
  if (guardrails.protection === "protected" && protection?.kind === "disposable") {
    problems.push({
      path: name,
      property: "protection",
      must: "be protected under these guardrails",
      got: protection.kind,
      fix: "leave 'protection' out",
    });
  }
  return problems;
}

function isPlaintext(vault: Environment["vault"]): boolean {
  return vault.mode === "dev" || (vault.mode === "external" && vault.transport?.kind === "plaintext");
}

function databaseGuardrails(environment: Environment): LocatedProblem[] {
  if (environment.guardrails.transport === "any") return [];
  return environment.databases
    .filter(({ tls }) => tls.mode !== "verify-full")
    .map(({ name, tls }) => ({
      path: `${platformStackName(environment)}/${name}`,
      property: "tls.mode",
      must: 'be "verify-full" under guardrails that ask for verified transport',
      got: tls.mode,
      fix: "give PostgreSQL a certificate and its CA here as 'tls.caCertificate'",
    }));
}

function serviceGuardrails(environment: Environment): LocatedProblem[] {
  const { maxTtl, replicas } = environment.guardrails;
  return environment.services.flatMap((service) => {
    const path = `${servicesStackName(environment, service)}/${service.name}`;
    const { ttl, workload } = service;
    const problems: LocatedProblem[] = [];
    if (isDuration(ttl.max) && seconds(ttl.max) > seconds(maxTtl)) {
      problems.push({
        path,
        property: "ttl.max",
        must: `be at most ${JSON.stringify(maxTtl)}, the environment's guardrail`,
        got: ttl.max,
        fix: "shorten it",
      });
    }
    // 0 is refused for every environment, with a message of its own.
    if (workload.kind === "deployment" && workload.replicas > 0 && workload.replicas < replicas) {
      problems.push({
        path,
        property: "workload.replicas",
        must: `be at least ${replicas}, the environment's guardrail`,
        got: workload.replicas,
        fix: "raise it: one replica is down at every roll-out and every drained node",
      });
    }
    return problems;
  });
}
