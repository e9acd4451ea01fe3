import fs from "node:fs";
import path from "node:path";
import type { LocalImage } from "../pod-runner/images";
import { go } from "./go";
import { jvm } from "./jvm";
import type { Language } from "./language";
import { node } from "./node";
import { python } from "./python";

export type { Language } from "./language";

/** Each language of the page of the examples. */
export const LANGUAGES: readonly Language[] = [node, go, jvm, python];

/** What this machine can run of the languages. */
export interface Storefronts {
  readonly here: readonly Language[];
  readonly images: readonly LocalImage[];
  /** Names of the others, and what they lack. */
  readonly absent: readonly (readonly [name: string, missing: string])[];
}

/** Makes what can be made here; an example that does not compile fails the bench. */
export async function makeStorefronts(directory: string): Promise<Storefronts> {
  const folder = path.join(directory, "storefronts");
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(folder, 0o755);
  const made = await Promise.all(
    LANGUAGES.map(async (language) => ({ language, image: await language.make(folder) })),
  );
  return {
    here: made.flatMap(({ language, image }) => ("missing" in image ? [] : [language])),
    images: made.flatMap(({ image }) => ("missing" in image ? [] : [image])),
    absent: made.flatMap(({ language, image }) =>
      "missing" in image ? [[language.name, image.missing] as const] : [],
    ),
  };
}
