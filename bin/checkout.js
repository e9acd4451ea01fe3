// Of a checkout alone: it is not packed.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const record = path.join(root, "dist", ".sources");
const SOURCES = ["cli", "lib", "proof", "tsconfig.json", "tsconfig.build.json", "package-lock.json"];

/** Whether what is built is what the sources say, once they were compiled where they had changed. */
exports.isBuilt = () => {
  const now = fingerprint();
  if (fs.existsSync(record) && fs.readFileSync(record, "utf8") === now) return true;
  const compiler = require.resolve("typescript/bin/tsc");
  const project = path.join(root, "tsconfig.build.json");
  if (process.stderr.isTTY && !process.env.CI)
    console.error("compiling leasehold, for its sources changed …");
  // The compiler's messages are no output of the command.
  if (spawnSync(process.execPath, [compiler, "-b", project], { stdio: ["ignore", 2, 2] }).status !== 0)
    return false;
  fs.writeFileSync(record, now);
  return true;
};

/** Of the text of every source: times say nothing after a checkout. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((each) => filesBelow(path.join(root, each))))
    hash.update(`${file}\0`).update(fs.readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesBelow(file) {
  if (!fs.statSync(file).isDirectory()) return [file];
  const names = fs.readdirSync(file).filter((name) => name !== "dist" && name !== "node_modules");
  return names.sort().flatMap((name) => filesBelow(path.join(file, name)));
}
