import fs from "node:fs";
import { projectDirectory } from "./project-directory";

/** The blocks of one section of a page that are written in a language; an empty heading is what comes before the first one. */
export function pageBlocks(page: string, section: string, language: string): string[] {
  const sections = fs.readFileSync(projectDirectory(page), "utf8").split(/^## /m);
  const found = section === "" ? sections[0] : sections.find((each) => each.startsWith(`${section}\n`));
  if (found === undefined) throw new Error(`${page} has no section "${section}"`);
  return [...found.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, written]) => written === language)
    .map(([, , block = ""]) => block);
}
