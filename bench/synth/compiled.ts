import { createRequire } from "node:module";
import path from "node:path";

/** As the program begins, before anything else is loaded. */
createRequire(__filename)(path.resolve(__dirname, "../../../..", "bin", "compiled"));
