import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { DeclaredEnvironment } from "../lib/environment/environment";
import type { AccessReports } from "@leasehold/proof/report";
import { synthesize } from "../lib/synth/synthesize";
import { binary } from "./doctor/binaries";
import { LOWEST, requiredProviders, terraformEnvironment } from "./doctor/terraform-providers";
import { CommandFailed } from "./support/failure";
import { run, type Finished, type RunOptions } from "./support/run";

export interface TerraformOptions {
  /** Holds `cdktf.out` and the states. */
  readonly directory: string;
  /** Of Vault: address, token and CA come by variables, as an operator's would. */
  readonly env: NodeJS.ProcessEnv;
  /** Directory of Vault's chart, where it is not fetched from the repository that is rendered. */
  readonly chart?: string;
  /** Is given every Terraform that is started. */
  readonly onStart?: RunOptions["onStart"];
  /**
   * How long one may take.
   * @default 300_000
   */
  readonly timeoutMs?: number;
}

const DESTROY = ["destroy", "-auto-approve", "-no-color"];

/** Variables by their name in Terraform. */
export type Variables = Readonly<Record<string, string>>;

/** The stacks of the environment under test, as Terraform sees them. */
export class Terraform {
  /** All that Terraform has printed. */
  readonly output: string[] = [];
  private readonly initialised = new Set<string>();

  private vaultToken: string | undefined;

  constructor(private readonly options: TerraformOptions) {
    fs.mkdirSync(options.directory, { recursive: true });
  }

  /** Of a Vault that was not there when this began. */
  setVaultToken(token: string): void {
    this.vaultToken = token;
  }

  /** Writes the Terraform JSON of the environment; the names of its stacks in the order of apply. */
  async synthesize(environment: DeclaredEnvironment): Promise<string[]> {
    const outdir = path.join(this.options.directory, "cdktf.out");
    const { stacks } = await synthesize([environment], outdir);
    return stacks.map(({ stack }) => stack);
  }

  async apply(stack: string, variables: Variables = {}): Promise<void> {
    await this.succeed(stack, ["apply", "-auto-approve", "-no-color"], variables);
  }

  /** What was planned and no other; a variable that no plan keeps is given once more. */
  async applyPlan(stack: string, file: string, variables: Variables = {}): Promise<void> {
    await this.succeed(stack, ["apply", "-no-color", file], variables);
  }

  /** Takes over what somebody else has made: `id` as the provider writes it. */
  async import(stack: string, type: string, name: string, id: string): Promise<void> {
    const text = fs.readFileSync(path.join(this.stackDirectory(stack), "cdk.tf.json"), "utf8");
    const { resource } = JSON.parse(text) as {
      resource: Record<string, Record<string, { metadata: { name: string } }>>;
    };
    const [address] = Object.entries(resource[type] ?? {}).filter(
      ([, { metadata }]) => metadata.name === name,
    );
    if (address === undefined) throw new Error(`${stack} has no ${type} of the name ${name}`);
    await this.succeed(stack, ["import", "-no-color", `${type}.${address[0]}`, id]);
  }

  async destroy(stack: string): Promise<void> {
    await this.succeed(stack, DESTROY);
  }

  /** A destroy that may fail. */
  async tryToDestroy(stack: string): Promise<Finished> {
    return this.run(stack, DESTROY);
  }

  /** The plan as text; undefined when there is nothing to do. */
  async plan(stack: string, file?: string, variables: Variables = {}): Promise<string | undefined> {
    const args = ["plan", "-detailed-exitcode", "-no-color", ...(file ? [`-out=${file}`] : [])];
    const { code, stdout, stderr } = await this.run(stack, args, variables);
    if (code === 0) return undefined;
    if (code === 2) return stdout;
    throw new CommandFailed(`terraform plan of ${stack} failed`, stdout + stderr);
  }

  /** The plan must be empty; what is in it is part of the failure. */
  async assertNothingToDo(
    stack: string,
    message = `the plan of ${stack} is not empty`,
    variables: Variables = {},
  ): Promise<void> {
    const plan = await this.plan(stack, undefined, variables);
    if (plan !== undefined) throw new CommandFailed(message, plan);
  }

  async run(stack: string, args: readonly string[], variables: Variables = {}): Promise<Finished> {
    await this.init(stack);
    return this.terraform(stack, args, variables);
  }

  async succeed(stack: string, args: readonly string[], variables: Variables = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(stack, args, variables);
    if (code !== 0)
      throw new CommandFailed(`terraform ${args.join(" ")} of ${stack} failed`, stdout + stderr);
    return stdout;
  }

  /** An apply that goes on while the caller does something else. */
  async startApply(stack: string, variables: Variables = {}): Promise<ChildProcess> {
    await this.init(stack);
    return spawn(binary("terraform"), [this.chdir(stack), "apply", "-auto-approve", "-no-color"], {
      env: this.environment(variables),
      stdio: "ignore",
    });
  }

  stateFile(stack: string): string {
    return path.join(this.options.directory, "state", `${stack}.tfstate`);
  }

  stackDirectory(stack: string): string {
    return path.join(this.options.directory, "cdktf.out/stacks", stack);
  }

  /** A patch or the values that the synth wrote for a workload that is deployed elsewhere. */
  manifest(environment: string, file: string): string {
    return fs.readFileSync(
      path.join(this.options.directory, "cdktf.out/manifests", environment, file),
      "utf8",
    );
  }

  /** The access report that the synth wrote. */
  report(): AccessReports {
    const file = path.join(this.options.directory, "cdktf.out/report/access.json");
    return JSON.parse(fs.readFileSync(file, "utf8")) as AccessReports;
  }

  private async init(stack: string): Promise<void> {
    if (this.initialised.has(stack)) return;
    const directory = this.stackDirectory(stack);
    const text = fs.readFileSync(path.join(directory, "cdk.tf.json"), "utf8");
    const { provider = {}, resource } = JSON.parse(text) as Stack;
    const { chart } = this.options;
    if (chart !== undefined && resource?.helm_release !== undefined)
      fs.writeFileSync(path.join(directory, "chart_override.tf.json"), chartOf(resource.helm_release, chart));
    // What is rendered asks for what the environment says, and gets the highest.
    if (LOWEST)
      fs.writeFileSync(
        path.join(directory, "providers_override.tf.json"),
        requiredProviders(Object.keys(provider)),
      );
    const { code, stdout, stderr } = await this.terraform(stack, ["init", "-no-color"], {});
    if (code !== 0) throw new CommandFailed(`terraform init of ${stack} failed`, stdout + stderr);
    this.initialised.add(stack);
  }

  private async terraform(stack: string, args: readonly string[], variables: Variables): Promise<Finished> {
    const finished = await run(binary("terraform"), [this.chdir(stack), ...args], {
      env: this.environment(variables),
      timeoutMs: this.options.timeoutMs ?? 300_000,
      onStart: this.options.onStart,
    });
    this.output.push(finished.stdout, finished.stderr);
    return finished;
  }

  private chdir(stack: string): string {
    return `-chdir=${this.stackDirectory(stack)}`;
  }

  private environment(variables: Variables): NodeJS.ProcessEnv {
    const named = Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value]);
    const token = this.vaultToken === undefined ? {} : { VAULT_TOKEN: this.vaultToken };
    return { ...terraformEnvironment(), ...this.options.env, ...token, ...Object.fromEntries(named) };
  }
}

/** The part of a stack's JSON that is read. */
interface Stack {
  readonly provider?: object;
  readonly resource?: { readonly helm_release?: object };
}

/** A file beside the generated one that has every release take its chart from a directory. */
function chartOf(releases: object, directory: string): string {
  const release = { chart: path.resolve(directory), repository: null, version: null };
  const all = Object.keys(releases).map((name) => [name, release]);
  return JSON.stringify({ resource: { helm_release: Object.fromEntries(all) } });
}
