import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { DeclaredEnvironment, Environment, EnvironmentService } from "../../lib/environment/environment";
import type { MadeReport } from "../../proof/report";
import type { Finding } from "../../proof/rules";
import type { Perform } from "../../lib/rehearsal";
import type { SynthesizedStack } from "../../lib/synth/render";
import { synthesize } from "../../lib/synth/synthesize";
import { production } from "../../template/project/stacks/production";

/** Runs no SQL: what it would come to is tried elsewhere. */
export const NOTHING_RUN: Perform = async (rehearsals) => rehearsals.map(() => []);

/** A report that no clock and no commit changes. */
export const MADE: MadeReport = {
  at: { value: "said", text: "2026-01-02T03:04:05Z" },
  commit: { value: "said", text: "0123456789ab" },
};

/** One synthesized stack, parsed. */
export interface StackJson {
  readonly terraform: { readonly backend: object; readonly required_version: string };
  readonly provider: Record<string, object[]>;
  readonly variable?: Record<string, Record<string, unknown>>;
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
}

/** What a synth wrote. */
export interface Output {
  readonly stacks: readonly SynthesizedStack[];
  readonly findings: readonly Finding[];
  /** Content by path below the output directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly json: (stack: string) => StackJson;
}

/** Synthesizes into a directory of its own, which is gone afterwards. */
export async function synthesizeAside(environments: readonly DeclaredEnvironment[]): Promise<Output> {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-synth-"));
  try {
    const { stacks, findings } = await synthesize(environments, outdir, {
      made: () => MADE,
      perform: NOTHING_RUN,
    });
    const files = readTree(outdir);
    return {
      stacks,
      findings,
      files,
      json: (stack) => JSON.parse(files[`stacks/${stack}/cdk.tf.json`] ?? "{}", withoutMetadata) as StackJson,
    };
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

/** CDKTF's remarks for its own CLI: paths and versions. */
function withoutMetadata(key: string, value: unknown): unknown {
  return key === "//" ? undefined : value;
}

/** Every file below a directory. */
export function readTree(directory: string): Record<string, string> {
  const entries = fs.readdirSync(directory, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(directory, file), fs.readFileSync(file, "utf8")]),
  );
}

/** `production` alone, with other values at the top. */
export function environmentWith(changes: Partial<Environment>): Environment {
  return { ...production, provenIn: undefined, ...changes };
}

/** `production` with one service, `orders`, with other values. */
export function environmentWithOrders(changes: Partial<EnvironmentService>): Environment {
  const orders = production.services.find(({ name }) => name === "orders") as EnvironmentService;
  return environmentWith({ services: [{ ...orders, ...changes }] });
}
