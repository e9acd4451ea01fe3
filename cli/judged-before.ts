import { dayOf, packageOf } from "@leasehold/proof/input";
import { refusing, type Findings } from "@leasehold/proof/rules";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Conclude, Question } from "../lib/synth/conclusion";
import { filesJudged } from "../lib/synth/output";
import { cacheOf } from "./load";
import { projectAround } from "./project";
import { packagesOf } from "./types";

/**
 * What was found where nothing was refused, and nothing has changed since: no file that the synth wrote, no
 * declaration, no package and not the day. Everything else is found out.
 */
export const judgedBefore: Conclude = async <T extends Findings>(
  question: Question,
  prove: () => Promise<T>,
): Promise<T> => {
  const file = fileOf(question);
  const before = file === undefined ? undefined : read<T>(file);
  if (before !== undefined) return before;
  const found = await prove();
  const holds = found.failures.length === 0 && refusing(found.findings).length === 0;
  if (file !== undefined && holds) keep(file, found);
  return found;
};

/** Nothing outside of a project, and where something cannot be read. */
function fileOf(question: Question): string | undefined {
  const project = projectAround(process.cwd());
  if (project === undefined || !fs.existsSync(path.join(project, "node_modules"))) return undefined;
  try {
    return path.join(cacheOf(project), "judged", question.by, `${fingerprint(project, question)}.json`);
  } catch {
    return undefined;
  }
}

function fingerprint(project: string, { directory, ...question }: Question): string {
  const hash = createHash("sha256");
  const add = (name: string, content: string | Buffer) =>
    hash.update(`${name}\0${content.length}\0`).update(content);
  add("program", `${process.version} ${packageOf(__dirname).version}`);
  for (const file of [...packagesOf(project), BUILT].filter((each) => fs.existsSync(each)))
    add(file, fs.readFileSync(file));
  add("question", JSON.stringify([dayOf(new Date()), question]));
  for (const file of filesJudged(directory)) add(file, fs.readFileSync(path.join(directory, file)));
  return hash.digest("hex");
}

/** In a checkout, what was built of which sources. */
const BUILT = path.join(packageOf(__dirname).folder, "dist", ".sources");

/** Nothing where nobody has judged it, or the record was cut off. */
function read<T extends Findings>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** One record is enough: who goes back to what was before waits once more. */
function keep(file: string, found: Findings): void {
  try {
    fs.rmSync(path.dirname(file), { recursive: true, force: true });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(found));
  } catch {
    // It is only slower.
  }
}
