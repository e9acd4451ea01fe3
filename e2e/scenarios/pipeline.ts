import assert from "node:assert/strict";
import fs from "node:fs";
import { projectDirectory } from "../support/project-directory";

/** The policy that a page tells the pipeline to have. */
export function policyOfPage(page: string): string {
  const [, block] = fs.readFileSync(projectDirectory(page), "utf8").split("```hcl\n");
  assert.ok(block, `${page} shows no policy`);
  return block.slice(0, block.indexOf("```"));
}
