import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "../..");
let clone: string;
let started: ChildProcess | undefined;

beforeEach(() => (clone = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-clone-"))));
afterEach(() => {
  started?.kill("SIGKILL");
  fs.rmSync(clone, { recursive: true, force: true });
});

/** What somebody has who has cloned the repository and run nothing: the files that git knows, or would take. */
function copyOfTheRepository(...folders: string[]): void {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...folders], {
    cwd: ROOT,
  })
    .toString()
    .trim()
    .split("\n");
  for (const file of files) fs.cpSync(path.join(ROOT, file), path.join(clone, file));
}

test("the example is installed and started by its own two commands in a clean clone", async () => {
  copyOfTheRepository("clients/node", "examples/orders", "tsconfig.json", ".npmrc");
  const orders = path.join(clone, "examples/orders");
  execFileSync("npm", ["install", "--prefer-offline"], { cwd: orders, stdio: "pipe" });
  started = spawn("npm", ["start"], { cwd: orders, stdio: "pipe" });
  let said = "";
  started.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await once(started, "close");
  // It runs, and has nothing to connect to: outside of a pod nobody has written a contract.
  expect(said).toContain(
    "the contract of leasehold cannot be used: there is neither a file that LEASEHOLD_CONTRACT names nor",
  );
  expect(said).not.toContain("MODULE_NOT_FOUND");
  expect(fs.existsSync(path.join(orders, "node_modules/@leasehold/pg/LICENSE"))).toBe(true);
}, 180_000);
