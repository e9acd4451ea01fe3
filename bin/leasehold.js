#!/usr/bin/env node
const { compile } = require("./compile");

if (compile()) require("../dist/cli/leasehold.js");
else process.exitCode = 2;
