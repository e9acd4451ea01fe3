import fs from "node:fs";
import path from "node:path";
import { isRecord, readJson } from "@leasehold/proof/input";
import { MANIFEST, markedFiles, stackFile, stacksNamed } from "@leasehold/proof/output";
import { inClusters } from "../environment/clusters";
import type { DeclaredEnvironment } from "../environment/environment";
import { readStages, writeStages } from "./output";
import { environmentOf, type Selection } from "./selection";
import { gapsFor } from "./whole";

/** What an earlier synth wrote of the environments that are not rendered now. */
export interface Left {
  /** Below the output. */
  readonly files: readonly string[];
  /** Stacks of its manifest. */
  readonly stacks: readonly string[];
}

export const NOTHING_LEFT: Left = { files: [], stacks: [] };

/** @throws ForeignFolderError where nobody can say what leasehold wrote there */
export function leftIn(outdir: string, selection: Selection): Left {
  if (selection.others.length === 0) return NOTHING_LEFT;
  const isOthers = (name: string) => selection.others.includes(environmentOf(name, selection) ?? "");
  const stacks = stacksNamed(outdir).filter(isOthers);
  const ofStacks = stacks.map((stack) => stackFile(stack));
  const files = markedFiles(outdir).filter((file) => {
    const [folder = "", name = ""] = file.split("/");
    return ofStacks.includes(path.normalize(file)) || (BY_ENVIRONMENT.has(folder) && isOthers(name));
  });
  return { files: files.filter((file) => fs.existsSync(path.join(outdir, file))), stacks };
}

/** Folders that have one for each environment. */
const BY_ENVIRONMENT = new Set(["bootstrap", "manifests"]);

/** Lays what is left beside what was rendered, so that both are one output. */
export function layBeside(directory: string, outdir: string, left: Left, selection: Selection): void {
  for (const file of left.files) {
    fs.mkdirSync(path.join(directory, path.dirname(file)), { recursive: true });
    fs.copyFileSync(path.join(outdir, file), path.join(directory, file));
  }
  if (left.stacks.length > 0)
    fs.writeFileSync(
      path.join(directory, MANIFEST),
      written(directory, { ...stacksOf(outdir, left), ...stacksOf(directory) }),
    );
  writeStages(directory, { ...stagesLeft(outdir, selection), ...readStages(directory) });
}

/** Those of the environments that are whole in a folder: only beside these can others be judged. */
export function wholeIn(
  directory: string,
  environments: readonly DeclaredEnvironment[],
  all: readonly DeclaredEnvironment[],
): DeclaredEnvironment[] {
  return environments.filter((environment) =>
    inClusters(all)
      .filter((part) => part.name === environment.name || part.whole?.name === environment.name)
      .every((part) => gapsFor(part, directory).length === 0),
  );
}

/** The manifest of an output, as it is when nothing else is in it. */
export function manifestOf(outdir: string, left: Left): string {
  return written(outdir, stacksOf(outdir, left));
}

function stacksOf(directory: string, left?: Left): Record<string, unknown> {
  const { stacks } = readJson(path.join(directory, MANIFEST), "must be a manifest of CDKTF", hasStacks);
  return Object.fromEntries(
    Object.entries(stacks).filter(([stack]) => left === undefined || left.stacks.includes(stack)),
  );
}

function hasStacks(value: unknown): value is { readonly stacks: Record<string, unknown> } {
  return isRecord(value) && isRecord(value.stacks);
}

/** With its stacks in the order of their names, as CDKTF writes it. */
function written(directory: string, stacks: Readonly<Record<string, unknown>>): string {
  const manifest = readJson(path.join(directory, MANIFEST), "must be a manifest of CDKTF", hasStacks);
  const sorted = Object.fromEntries(Object.entries(stacks).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ ...manifest, stacks: sorted }, undefined, 2);
}

function stagesLeft(outdir: string, selection: Selection): ReturnType<typeof readStages> {
  return Object.fromEntries(
    Object.entries(readStages(outdir) ?? {}).filter(([name]) =>
      selection.others.includes(environmentOf(name, selection) ?? ""),
    ),
  );
}
