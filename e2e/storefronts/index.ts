import fs from "node:fs";
import path from "node:path";
import type { ImageOptions } from "../images/archive";
import { go } from "./go";
import { jvm } from "./jvm";
import type { Language, Missing } from "./language";
import { node } from "./node";
import { python } from "./python";

export type { Language } from "./language";

/** Each language of the page of the examples. */
export const LANGUAGES: readonly Language[] = [node, go, jvm, python];

/** What this machine can run of the languages. */
export interface Storefronts {
  readonly here: readonly Language[];
  readonly images: readonly ImageOptions[];
  /** Names of the others, and what they lack. */
  readonly absent: readonly (readonly [name: string, missing: string])[];
}

/** Builds what can be built here, over the machine's network; an example that does not compile fails the bench. */
export async function buildStorefronts(directory: string): Promise<void> {
  const folder = folderIn(directory);
  fs.mkdirSync(folder, { recursive: true });
  const built = await Promise.all(
    LANGUAGES.map(async (language) => [language.name, await language.build(folder)] as const),
  );
  fs.writeFileSync(resultIn(directory), JSON.stringify(Object.fromEntries(built)));
}

/** What {@link buildStorefronts} has come to. */
export function builtStorefronts(directory: string): Storefronts {
  const built = JSON.parse(fs.readFileSync(resultIn(directory), "utf8")) as Record<string, Missing>;
  const here = LANGUAGES.filter(({ name }) => built[name] === undefined);
  return {
    here,
    images: here.map((language) => language.assemble(folderIn(directory))),
    absent: Object.entries(built).map(([name, { missing }]) => [name, missing]),
  };
}

function folderIn(directory: string): string {
  return path.join(directory, "storefronts");
}

function resultIn(directory: string): string {
  return path.join(folderIn(directory), "missing.json");
}
