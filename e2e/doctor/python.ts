import { spawnSync } from "node:child_process";

/** A Python that has leasehold's client, and what of the machine it needs. */
export interface Python {
  /** The virtual environment, which works wherever it is mounted. */
  readonly environment: string;
  /** The Python that it was made of, where the machine's libraries do not have it. */
  readonly home: string | undefined;
}

/** Names the Python of a virtual environment into which clients/python was installed. */
export const PYTHON_VARIABLE = "E2E_PYTHON";

const ASK = `
import json, os, sys, leasehold_psycopg
home = os.path.realpath(sys.base_prefix)
print(json.dumps({"environment": sys.prefix, **({} if home == "/usr" else {"home": home})}))`;

/** Nothing where none is named, or the one that is named has no client. */
export function python(): Python | undefined {
  const executable = process.env[PYTHON_VARIABLE];
  if (executable === undefined) return undefined;
  const { status, stdout } = spawnSync(executable, ["-c", ASK], { encoding: "utf8" });
  return status === 0 ? (JSON.parse(stdout) as Python) : undefined;
}
