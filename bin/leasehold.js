#!/usr/bin/env node
// The environments are TypeScript that people edit: compiled first, so that no command speaks of yesterday's grants.
const { spawnSync } = require("node:child_process");
const path = require("node:path");

const project = path.join(__dirname, "..", "tsconfig.build.json");
const compiler = require.resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", project], { stdio: ["ignore", 2, 2] });
if (status === 0) require("../dist/cli/leasehold.js");
else process.exitCode = 1;
