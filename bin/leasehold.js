#!/usr/bin/env node
const fs = require("node:fs");
const path = require("node:path");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: leasehold needs Node 20.19 or later, and this is ${process.versions.node}`);
  process.exit(2);
}

require("./compiled");

// The package has what was built; a checkout has the sources, and builds what changed.
const checkout = path.join(__dirname, "checkout.js");
if (!fs.existsSync(checkout) || require(checkout).isBuilt()) require("../dist/cli/leasehold.js");
else process.exitCode = 2;
