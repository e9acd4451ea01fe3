// The environments are TypeScript that people edit: compiled before every use, so that nothing speaks of
// yesterday's grants.
const { spawnSync } = require("node:child_process");
const path = require("node:path");

/** Whether the program compiles; the compiler's messages go to standard error. */
exports.compile = () => {
  const project = path.join(__dirname, "..", "tsconfig.build.json");
  const compiler = require.resolve("typescript/bin/tsc");
  return spawnSync(process.execPath, [compiler, "-p", project], { stdio: ["ignore", 2, 2] }).status === 0;
};
