import fs from "node:fs";
import path from "node:path";
import { referencePage } from "./page";

fs.writeFileSync(path.resolve(__dirname, "../../docs/reference.md"), referencePage());
