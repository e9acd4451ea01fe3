const fs = require("node:fs");
const path = require("node:path");
const { compile } = require("./compile");

const withdrawal = path.join(__dirname, "..", "dist", "cli", "withdraw.js");

if (compile()) {
  require("../dist/main.js");
} else {
  process.exitCode = 1;
  // What an earlier synth wrote is not what the environments say now. Before the first build there is none.
  if (fs.existsSync(withdrawal)) require(withdrawal);
}
