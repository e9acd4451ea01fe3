import fs from "node:fs";
import path from "node:path";
import { findBinary, searchPath } from "./binaries";

const INSTALLED = "/usr/lib/postgresql";

/** psql itself, not the script by which a distribution chooses among versions; nothing where there is none. */
export function psql(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const versions = fs.existsSync(INSTALLED) ? fs.readdirSync(INSTALLED).sort().reverse() : [];
  const installed = versions.map((version) => path.join(INSTALLED, version, "bin"));
  const found = findBinary(
    "psql",
    [environment.E2E_PG_BIN ?? "", ...installed, ...searchPath()].filter(Boolean),
  );
  return found !== undefined && isProgram(found) ? found : undefined;
}

function isProgram(file: string): boolean {
  return fs.readFileSync(file).subarray(0, 2).toString() !== "#!";
}
