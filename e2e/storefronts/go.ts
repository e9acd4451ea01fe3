import path from "node:path";
import { askGo, GO_ENVIRONMENT } from "../doctor/go";
import { readOnly } from "../sandbox/root-filesystem";
import { projectDirectory } from "../support/project-directory";
import { run, runOrThrow } from "../support/run";
import { LISTENING, type Language } from "./language";

const IMAGE = "bench.local/storefront-go:1";

export const go: Language = {
  name: "Go",
  service: "storefront-go",
  replicas: 2,
  image: IMAGE,
  args: ["/app/orders"],
  async make(directory) {
    const found = askGo();
    if ("missing" in found) return found;
    const options = { cwd: projectDirectory("examples/orders-go"), env: GO_ENVIRONMENT, timeoutMs: 300_000 };
    const { code } = await run(found.executable, ["mod", "download"], options);
    if (code !== 0) return { missing: "Go cannot fetch what the example is built of" };
    const program = path.join(directory, "orders");
    await runOrThrow(found.executable, ["build", "-o", program, "."], options);
    return { prefix: IMAGE, mounts: [readOnly(program, "/app/orders")], entrypoint: LISTENING };
  },
};
