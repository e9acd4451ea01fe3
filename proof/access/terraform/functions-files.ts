import path from "node:path";
import { isObject } from "../read";
import { Unknown, type Value } from "../value";
import type { Files } from "./functions";
import { ANY, onTexts, TEXT, type TerraformFunction } from "./function";
import { Refusal, Unsure } from "./refusal";

export const fileFunctions: Readonly<Record<string, TerraformFunction>> = {
  basename: onTexts(1, (file = "") => {
    if (file === "") return ".";
    return /^\/+$/.test(file) ? "/" : path.posix.basename(file);
  }),
  dirname: onTexts(1, (file = "") => cleaned(file.slice(0, file.lastIndexOf("/") + 1))),
  file: {
    parameters: [TEXT],
    call: ([file], files) => read(file as string, files, `\${file(${JSON.stringify(file)})}`),
  },
  fileexists: {
    parameters: [TEXT],
    call: ([file], files) => {
      if (files.read(file as string) !== undefined) return true;
      // It may be made before Terraform runs.
      throw new Unsure();
    },
  },
  pathexpand: onTexts(1, (file = "") => {
    if (file.startsWith("~")) throw new Unsure();
    return file;
  }),
  templatefile: {
    parameters: [TEXT, { ...ANY, partial: true }],
    call: ([file, variables = null], files) => {
      if (!isObject(variables)) throw new Refusal();
      const text = read(file as string, files, `\${templatefile(${JSON.stringify(file)})}`);
      const rendered = typeof text === "string" ? files.render(text, variables) : text;
      if (rendered === null) throw new Refusal();
      return rendered;
    },
  },
};

function read(file: string, files: Files, source: string): Value {
  if (file.startsWith("~")) throw new Unsure();
  return files.read(file)?.normalize("NFC") ?? new Unknown(source);
}

/** As Go's filepath.Clean. */
function cleaned(folder: string): string {
  const normal = path.posix.normalize(folder);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
