import fs from "node:fs";
import path from "node:path";
import { Declarations, type ConstructClass, type Declared, type Property } from "./declarations";

const CHECKOUT = path.resolve(__dirname, "../..");

/** What functions of the public surface derive and nobody writes, and what is a text. */
const NO_OBJECTS = ["ServicePlan", "PodTemplate", "Duration", "EnvironmentReport"];

/** Where the proof declares what is written for it. */
const PROOF = ["rules/finding.ts", "rules/context.ts", "prove.ts"];

/** What an operator, or another program, writes. */
export interface Surface {
  readonly constructs: readonly ConstructClass[];
  /** Types that an environment and the props of the constructs lead to, in the order in which they are met. */
  readonly declared: readonly Declared[];
  /** What the proof takes. */
  readonly proof: readonly Declared[];
  /** The names of the types that one of them leads to, itself first. */
  readonly reachedFrom: (name: string) => readonly string[];
}

/** All of it, from the sources. */
export function publicSurface(): Surface {
  const declarations = new Declarations([
    ...sourcesBelow(path.join(CHECKOUT, "lib")),
    ...PROOF.map((file) => path.join(CHECKOUT, "proof", file)),
  ]);
  const constructs = declarations.constructs
    .filter(({ props }) => declarations.has(props))
    .filter(({ props }) => !declarations.declared(props).names.includes("ServicePlan"))
    .sort((a, b) => rank(a) - rank(b));
  const reachedFrom = (...names: readonly string[]): string[] => {
    const met = new Set<string>();
    const visit = (name: string): void => {
      if (met.has(name) || NO_OBJECTS.includes(name)) return;
      met.add(name);
      declarations.declared(name).names.forEach(visit);
    };
    names.forEach(visit);
    return [...met];
  };
  const declared = reachedFrom(
    "Environment",
    "MultiClusterEnvironment",
    ...constructs.map(({ props }) => props),
  );
  const proof = reachedFrom("ProofOptions").filter((name) => !declared.includes(name));
  const all = (names: readonly string[]) => names.map((name) => declarations.declared(name));
  return { constructs, declared: all(declared), proof: all(proof), reachedFrom };
}

/** Every property of it, with the type that it is of. */
export function propertiesOf({ declared, proof }: Surface): { of: string; property: Property }[] {
  return [...declared, ...proof].flatMap(({ name, variants }) =>
    variants.flatMap(({ properties }) => properties.map((property) => ({ of: name, property }))),
  );
}

/** In the order in which a program uses them. */
const ORDER = [
  "VaultServer",
  "AuditDevices",
  "RateLimits",
  "KubernetesAuth",
  "SecretsEngine",
  "PostgresConnection",
  "Service",
];

function rank({ name }: ConstructClass): number {
  const index = ORDER.indexOf(name);
  return index < 0 ? ORDER.length : index;
}

function sourcesBelow(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(directory, file))
    .sort();
}
