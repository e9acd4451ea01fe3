import fs from "node:fs";
import path from "node:path";
import { isRecord, readJson } from "../input";
import { MANIFEST, stackFile } from "./layout";

/** What CDKTF's manifest says of its stacks: where each is, and what is applied before it. */
export type OutputManifest = Readonly<
  Record<string, { readonly synthesizedStackPath: string; readonly dependencies?: readonly string[] }>
>;

/** @throws UnreadableError where there is none */
export function readManifest(outdir: string): OutputManifest {
  return readJson(path.join(outdir, MANIFEST), "must be a manifest of CDKTF", isManifest).stacks;
}

/** The stacks of which an output holds Terraform JSON. */
export function stacksOnDisk(outdir: string): string[] {
  const stacks = path.join(outdir, "stacks");
  if (!fs.existsSync(stacks)) return [];
  const names = fs.readdirSync(stacks).sort();
  return names.filter((stack) => fs.existsSync(path.join(outdir, stackFile(stack))));
}

function isManifest(value: unknown): value is { stacks: OutputManifest } {
  if (!isRecord(value) || !isRecord(value.stacks)) return false;
  return Object.values(value.stacks).every(
    (stack) =>
      isRecord(stack) &&
      typeof stack.synthesizedStackPath === "string" &&
      (stack.dependencies === undefined || Array.isArray(stack.dependencies)),
  );
}
