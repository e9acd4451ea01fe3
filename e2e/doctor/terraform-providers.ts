import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run, runOrThrow } from "../support/run";
import { binary } from "./binaries";

/** The versions that the generated Terraform asks for. */
export const PROVIDERS = { vault: "5.6.0", kubernetes: "2.38.0", helm: "3.1.1" };

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
  const required = Object.entries(PROVIDERS).map(
    ([name, version]) => [name, { source: `hashicorp/${name}`, version }] as const,
  );
  const configuration = { terraform: { required_providers: Object.fromEntries(required) } };
  fs.writeFileSync(path.join(scratch, "main.tf.json"), JSON.stringify(configuration));
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

/** The providers that `terraform init` cannot install here, each with Terraform's reason. */
export async function missingProviders(terraform: string): Promise<ReadonlyMap<string, string>> {
  const missing = new Map<string, string>();
  for (const [name, version] of Object.entries(PROVIDERS)) {
    const reason = await failureToInstall(terraform, name, version);
    if (reason) missing.set(name, reason);
  }
  return missing;
}

async function failureToInstall(
  terraform: string,
  name: string,
  version: string,
): Promise<string | undefined> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-doctor-"));
  try {
    const required = { required_providers: { [name]: { source: `hashicorp/${name}`, version } } };
    fs.writeFileSync(path.join(scratch, "main.tf.json"), JSON.stringify({ terraform: required }));
    const { code, stdout, stderr } = await run(
      terraform,
      [`-chdir=${scratch}`, "init", "-no-color", "-backend=false"],
      {
        env: terraformEnvironment(),
      },
    );
    return code === 0 ? undefined : firstError(stdout + stderr);
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
