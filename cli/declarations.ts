import { bootstrapFile, manifestsDirectory, stackFile } from "@leasehold/proof/output";
import type { Finding, Findings } from "@leasehold/proof/rules";
import path from "node:path";
import { inClusters, wholeOf, type ClusterEnvironment } from "../lib/environment/clusters";
import { platformStackName, stackNames, vaultStackName } from "../lib/environment/derive";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import { literalOf } from "../lib/synth/prove";
import { Literals, type Part } from "./literals/literals";
import { projectAround } from "./project";

/** A part of an environment, as people call it. */
interface Named extends Part {
  readonly what: string;
}

/** What of a declaration a finding is about. */
interface Subject {
  readonly environment: ClusterEnvironment;
  /** @default - the environment as a whole */
  readonly part?: Named;
}

/**
 * The findings on environments with the places where a person has declared what they are about. The sources are read
 * for that, and only where something was found; where nobody knows the place, a finding stays as it is.
 */
export function withDeclarations<T extends Findings>(
  found: T,
  environments: readonly DeclaredEnvironment[],
): T {
  const project = projectAround(process.cwd());
  if (project === undefined || found.findings.length === 0) return found;
  const literals = new Literals(project);
  const clusters = inClusters(environments);
  return { ...found, findings: found.findings.map((each) => declared(each, clusters, literals)) };
}

function declared(
  finding: Finding,
  environments: readonly ClusterEnvironment[],
  literals: Literals,
): Finding {
  const subject = environments.map((each) => subjectIn(each, finding)).find((each) => each !== undefined);
  if (subject === undefined) return finding;
  const { environment, part } = subject;
  const { name } = wholeOf(environment);
  const exact = part && literals.place(name, part);
  const place = exact ?? literals.place(name);
  if (place === undefined) return finding;
  const file = path.relative(process.cwd(), place.file);
  // What is about the literal itself was found in no file.
  if (isStandIn(finding, environment)) return { ...finding, file, line: place.line };
  const what = exact && part ? part.what : `environment ${name}`;
  return { ...finding, declared: { what, file, line: place.line } };
}

/** Whether a finding is about something declared, and has its name where a file would be. */
function isStandIn({ file }: Finding, environment: ClusterEnvironment): boolean {
  const { name, databases } = wholeOf(environment);
  return file === literalOf({ name }) || databases.some((each) => file === `${name}/${each.name}`);
}

/** Nothing where a finding is about another environment. */
function subjectIn(environment: ClusterEnvironment, finding: Finding): Subject | undefined {
  const { databases, services } = environment;
  const { name } = wholeOf(environment);
  const { file, path: construct } = finding;
  if (file === literalOf({ name })) return { environment, part: promiseOrWaiver(environment, finding) };
  const isFile = (expected: string) => file === expected || file.endsWith(path.sep + expected);
  const database = databases.find(
    (each) => file === `${name}/${each.name}` || isFile(bootstrapFile(name, each.name)),
  );
  if (database) return { environment, part: entry("database", database) };
  const patched = services.find((each) =>
    isFile(path.join(manifestsDirectory(environment.name), `${each.name}.yaml`)),
  );
  if (patched) return { environment, part: entry("service", patched) };
  const [inStack, id] = construct?.split("/") ?? [];
  const stack = stackNames(environment).find((each) => each === inStack || isFile(stackFile(each)));
  return stack === undefined ? undefined : { environment, part: partOf(environment, stack, id) };
}

/** What a construct of a stack is made of. */
function partOf(environment: ClusterEnvironment, stack: string, id: string | undefined): Named | undefined {
  const whole = wholeOf(environment);
  const { name, databases, services, people = [] } = whole;
  const vault = { what: `vault of ${name}`, property: "vault" };
  if (stack === vaultStackName(environment)) return vault;
  if ([environment, whole].some((each) => stack === platformStackName(each))) {
    const database = databases.find((each) => each.name === id);
    if (database) return entry("database", database);
    return OF_VAULT.includes(id ?? "") ? vault : undefined;
  }
  const service = services.find((each) => each.name === id);
  if (service) return entry("service", service);
  const own = people.find((each) => each.name === id);
  return own && { what: `people ${own.name}`, property: "people", keys: { name: own.name } };
}

/** Constructs of the platform that stand for what an environment says of Vault. */
const OF_VAULT = ["Audit", "KubernetesAuth", "RateLimits", "SecretsEngine"];

function entry(kind: "database" | "service", { name }: { readonly name: string }): Named {
  return { what: `${kind} ${name}`, property: `${kind}s`, keys: { name } };
}

/** What a finding about the literal itself is about. */
function promiseOrWaiver(environment: ClusterEnvironment, { resource, message }: Finding): Named | undefined {
  const { guarantees = [], waivers = [] } = environment;
  const promise = guarantees.find((_, index) => resource === `guarantees[${index}]`);
  if (promise)
    return {
      what: "guarantee",
      property: "guarantees",
      keys: { reason: promise.reason, kind: promise.kind },
    };
  const [waiver, ...others] = waivers.filter(
    (each) => each.resource === resource && message.includes(each.rule),
  );
  if (waiver === undefined || others.length > 0) return undefined;
  return { what: "waiver", property: "waivers", keys: { rule: waiver.rule, resource } };
}
