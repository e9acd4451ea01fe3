const { enableCompileCache } = require("node:module");
const path = require("node:path");
const { setFlagsFromString } = require("node:v8");

// What V8 makes of the sources is kept beside what else of this installation is kept, from Node 22.8 on. Where it cannot
// be written, they are compiled each time.
const installed = path.join(path.dirname(require.resolve("constructs/package.json")), "..");
enableCompileCache?.(path.join(installed, ".cache", "leasehold", "compiled"));

// PostgreSQL's parser is WebAssembly with a few enormous functions, and to optimise them takes V8 half a gigabyte from Node
// 24 on. `lint` may have HCL to read for as long as an optimised parser of that is worth it.
if (Number.parseInt(process.versions.node, 10) >= 24 && process.argv[2] !== "lint")
  for (const flag of ["--no-wasm-dynamic-tiering", "--no-wasm-tier-up"]) setFlagsFromString(flag);
