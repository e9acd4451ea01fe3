import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PROVIDER_RANGES } from "../../lib/core/providers";
import { run, runOrThrow } from "../support/run";
import { binary } from "./binaries";

/** Whether Terraform is given the lowest version of each provider, or the highest that it can have. */
export const LOWEST = process.env.E2E_PROVIDERS === "lowest";

/** What is asked of Terraform's providers: the range that leasehold renders, or the lowest of each (`E2E_PROVIDERS=lowest`). */
export const PROVIDERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PROVIDER_RANGES).map(([provider, { lowest, below }]) => [
    provider,
    LOWEST ? lowest : `>= ${lowest}, < ${below}`,
  ]),
);

/** A file beside the generated one that has the same asked of the stack. */
export function requiredProviders(names: readonly string[]): string {
  const required = names.map((name) => [name, { source: `hashicorp/${name}`, version: PROVIDERS[name] }]);
  return JSON.stringify({ terraform: { required_providers: Object.fromEntries(required) } });
}

const MIRROR_CONFIG = ".cache/leasehold/bench.tfrc";

/**
 * Terraform's environment: a user's own CLI configuration, else the mirror's, else Terraform's default.
 * A variable that names no file counts as unset, as it does for Terraform, which warns on every call.
 */
export function terraformEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const mirror = path.join(os.homedir(), MIRROR_CONFIG);
  const configuration = [environment.TF_CLI_CONFIG_FILE, mirror].find((file) => file && fs.existsSync(file));
  return {
    ...environment,
    ...(configuration && { TF_CLI_CONFIG_FILE: configuration }),
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
  };
}

/** Directory of the providers, for a Terraform without a network. */
function providersDirectory(directory: string): string {
  return path.join(directory, "providers");
}

/** Fetches the providers from wherever Terraform takes them, for {@link offlineTerraform}. */
export async function providersBeforehand(directory: string): Promise<void> {
  const scratch = providersDirectory(directory);
  fs.mkdirSync(scratch, { recursive: true });
  fs.writeFileSync(path.join(scratch, "main.tf.json"), requiredProviders(Object.keys(PROVIDERS)));
  const args = [`-chdir=${scratch}`, "init", "-no-color", "-backend=false"];
  await runOrThrow(binary("terraform"), args, { env: terraformEnvironment() });
}

/** The environment of a Terraform that takes the providers that were fetched beforehand. */
export function offlineTerraform(directory: string): NodeJS.ProcessEnv {
  const mirror = path.join(providersDirectory(directory), ".terraform/providers");
  const file = path.join(providersDirectory(directory), "terraform.rc");
  const configuration = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  fs.writeFileSync(file, configuration);
  return { TF_CLI_CONFIG_FILE: file };
}

/** A provider that `terraform init` can install here, or Terraform's reason why not. */
export type Installable = { readonly version: string } | { readonly reason: string };

export async function installableProviders(terraform: string): Promise<ReadonlyMap<string, Installable>> {
  const found = new Map<string, Installable>();
  for (const name of Object.keys(PROVIDERS)) found.set(name, await tryToInstall(terraform, name));
  return found;
}

async function tryToInstall(terraform: string, name: string): Promise<Installable> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-doctor-"));
  try {
    fs.writeFileSync(path.join(scratch, "main.tf.json"), requiredProviders([name]));
    const { code, stdout, stderr } = await run(
      terraform,
      [`-chdir=${scratch}`, "init", "-no-color", "-backend=false"],
      {
        env: terraformEnvironment(),
      },
    );
    if (code !== 0) return { reason: firstError(stdout + stderr) };
    return { version: /Installed \S+ v(\S+)/.exec(stdout)?.[1] ?? "of no known version" };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** The sentence after Terraform's headline, without its frame. */
function firstError(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^[│╷╵\s]+/, "").trim());
  const start = lines.findIndex((line) => line.startsWith("Error:"));
  return lines.slice(Math.max(start, 0)).filter(Boolean).slice(0, 4).join(" ");
}
