import path from "node:path";
import { askGo, GO_ENVIRONMENT } from "../doctor/go";
import { projectDirectory } from "../support/project-directory";
import { run, runOrThrow } from "../support/run";
import type { Language } from "./language";

const IMAGE = "bench.local/storefront-go:1";
const PROGRAM = "/app/orders";

export const go: Language = {
  name: "Go",
  service: "storefront-go",
  replicas: 2,
  image: IMAGE,
  async build(directory) {
    const found = askGo();
    if ("missing" in found) return found;
    const options = { cwd: projectDirectory("examples/orders-go"), env: GO_ENVIRONMENT, timeoutMs: 300_000 };
    const { code } = await run(found.executable, ["mod", "download"], options);
    if (code !== 0) return { missing: "Go cannot fetch what the example is built of" };
    await runOrThrow(found.executable, ["build", "-o", programIn(directory), "."], options);
    return undefined;
  },
  assemble: (directory) => ({
    name: IMAGE,
    files: { [PROGRAM]: programIn(directory) },
    entrypoint: [PROGRAM],
  }),
};

function programIn(directory: string): string {
  return path.join(directory, "orders");
}
