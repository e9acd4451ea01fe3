import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { inClusters } from "../../lib/environment/clusters";
import type { DeclaredEnvironment } from "../../lib/environment/environment";
import type { AccessReports } from "../../proof/report";
import type { Findings } from "../../proof/rules";
import type { Perform } from "../../lib/rehearsal";
import { execute } from "../../lib/synth/executed";
import { prove, readBack, type Proof } from "../../lib/synth/prove";
import { render } from "../../lib/synth/render";
import { reportOf } from "../../lib/synth/report";
import { MADE, readTree } from "./environment";

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** What was rendered of one environment, to be spoilt; other environments stay as they are. */
export class Spoilt {
  constructor(
    readonly environment: string,
    readonly files: Record<string, string>,
    private readonly stacks: Map<string, Json>,
  ) {}

  /** Has another stack in the place of one. */
  change(stack: string, to: (json: Json) => unknown): void {
    const json = this.stacks.get(stack);
    if (json === undefined) throw new NotApplicable(`there is no stack ${stack}`);
    this.stacks.set(stack, to(json) as Json);
  }

  /** The bodies of all resources of a type. */
  all(type: string): Json[] {
    return [...this.stacks.values()].flatMap((stack) => Object.values<Json>(stack.resource?.[type] ?? {}));
  }

  /** The body of the first resource of a type. */
  first(type: string): Json {
    const [found] = this.all(type);
    if (found === undefined) throw new NotApplicable(`there is no ${type}`);
    return found;
  }

  /** Takes the first resource of a type away, or the one that a condition chooses. */
  drop(type: string, chosen: (body: Json) => boolean = () => true): void {
    for (const stack of this.stacks.values()) {
      const name = Object.entries<Json>(stack.resource?.[type] ?? {}).find(([, body]) => chosen(body))?.[0];
      if (name === undefined) continue;
      delete stack.resource[type][name];
      return;
    }
    throw new NotApplicable(`there is no ${type}`);
  }

  /** The stack of what all services share. */
  root(change: (json: Json) => void): void {
    change(this.stacks.get(`${this.environment}-platform`) as Json);
  }

  add(block: "resource" | "data" | "output", type: string, name: string, body: Json): void {
    const stack = this.stacks.get(`${this.environment}-platform`) as Json;
    if (block === "output") stack.output = { ...stack.output, [name]: body };
    else stack[block] = { ...stack[block], [type]: { ...stack[block]?.[type], [name]: body } };
  }

  /** The pod template of the first Deployment. */
  pod(): Json {
    return this.first("kubernetes_deployment_v1").spec.template;
  }

  annotations(): Json {
    return this.pod().metadata.annotations;
  }

  /** Operations of the patch of the agent's init container. */
  patch(change: (operations: Json[]) => Json[]): void {
    const key = "vault.hashicorp.com/agent-init-json-patch";
    const annotations = this.annotations();
    annotations[key] = JSON.stringify(change(JSON.parse(annotations[key]) as Json[]));
  }

  /** Statements of the first database role. */
  statements(list: "creation_statements" | "revocation_statements", change: (text: string) => string): void {
    const role = this.first("vault_database_secret_backend_role");
    role[list] = (role[list] as string[]).map(change);
  }

  /** The values of the Vault chart, as text. */
  values(change: (text: string) => string): void {
    const release = this.first("helm_release");
    const before = release.values[0] as string;
    release.values = [change(before)];
    if (release.values[0] === before) throw new NotApplicable("the values are the same");
  }

  sql(change: (text: string) => string): void {
    const file = Object.keys(this.files).find((name) => name.startsWith(`bootstrap/${this.environment}/`));
    if (file === undefined) throw new NotApplicable("there is no bootstrap SQL");
    this.files[file] = change(this.files[file] ?? "");
  }
}

/** A mutation needs something that an environment has not got. */
export class NotApplicable extends Error {}

/** Environments as they were rendered once, so that they can be spoilt many times. */
export class RenderedEnvironments {
  private readonly rendered: Record<string, string>;

  constructor(readonly environments: readonly DeclaredEnvironment[]) {
    this.rendered = inDirectory((directory) => {
      render(environments, directory);
      return readTree(directory);
    });
  }

  /** What is found in an environment after a change to what was rendered of it. */
  async findingsAfter(environment: DeclaredEnvironment, change: (spoilt: Spoilt) => void): Promise<Findings> {
    const found = await this.judgedAfter(environment, change);
    if (found === undefined) throw new Error("the change does not apply");
    return found;
  }

  /** The access report on an environment after a change to what was rendered of it. */
  async reportAfter(
    environment: DeclaredEnvironment,
    change: (spoilt: Spoilt) => void,
  ): Promise<AccessReports> {
    const found = await this.judgedAfter(environment, change);
    if (found === undefined) throw new Error("the change does not apply");
    return reportOf(found.environments, MADE);
  }

  /** The rules that fire on an environment after a change to what was rendered of it; undefined where the change does not apply. */
  async rulesAfter(
    environment: DeclaredEnvironment,
    change: (spoilt: Spoilt) => void,
  ): Promise<string[] | undefined> {
    const found = await this.judgedAfter(environment, change);
    if (found === undefined) return undefined;
    const { findings, failures } = found;
    return [...new Set([...findings.map(({ rule }) => rule), ...failures.map(({ message }) => message)])];
  }

  /** What is wrong where the SQL of all of them runs, after a change to a file that was rendered. */
  async executed(perform: Perform, change?: (file: string, text: string) => string): Promise<string[]> {
    return inDirectory(async (directory) => {
      render(this.environments, directory);
      if (change !== undefined)
        for (const [file, text] of Object.entries(readTree(directory)))
          fs.writeFileSync(path.join(directory, file), change(file, text));
      const read = await Promise.all(
        inClusters(this.environments).map((each) => readBack(each, { directory })),
      );
      const came = await execute(read, { directory, shownAs: directory }, perform);
      return [...came].flatMap(([name, { problems }]) =>
        problems.map(({ at, problem }) => `${name} ${at.address}: ${problem}`),
      );
    });
  }

  /** The stacks of an environment, as they were rendered. */
  stacksOf(
    { name }: DeclaredEnvironment,
    files: Readonly<Record<string, string>> = this.rendered,
  ): (readonly [string, Json])[] {
    return Object.entries(files).flatMap(([file, text]) => {
      const stack = /^stacks\/([^/]+)\/cdk\.tf\.json$/.exec(file)?.[1];
      const isOwn = stack !== undefined && (stack === name || stack.startsWith(`${name}-`));
      return isOwn ? [[stack, JSON.parse(text) as Json] as const] : [];
    });
  }

  private async judgedAfter(
    environment: DeclaredEnvironment,
    change: (spoilt: Spoilt) => void,
  ): Promise<Proof | undefined> {
    const files = { ...this.rendered };
    const stacks = new Map(this.stacksOf(environment));
    try {
      change(new Spoilt(environment.name, files, stacks));
    } catch (error) {
      if (error instanceof NotApplicable) return undefined;
      throw error;
    }
    for (const [stack, json] of stacks) files[`stacks/${stack}/cdk.tf.json`] = JSON.stringify(json);
    const others = this.environments.filter((other) => other !== environment);
    return inDirectory(async (directory) => {
      for (const [file, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
        fs.writeFileSync(path.join(directory, file), text);
      }
      return prove([environment], { directory }, others);
    });
  }
}

function inDirectory<T>(use: (directory: string) => T): T {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-spoilt-"));
  const remove = () => fs.rmSync(directory, { recursive: true, force: true });
  try {
    const result = use(directory);
    if (result instanceof Promise) return result.finally(remove) as T;
    remove();
    return result;
  } catch (error) {
    remove();
    throw error;
  }
}
