import { spawnSync } from "node:child_process";

/** A Python that has leasehold's client and what its examples need. */
export interface Python {
  readonly executable: string;
  /** The virtual environment. */
  readonly environment: string;
  readonly version: string;
  /** Version of the client. */
  readonly client: string;
}

/** Names the Python of a virtual environment into which clients/python was installed. */
export const PYTHON_VARIABLE = "E2E_PYTHON";

const ASK = `
import importlib.metadata, json, platform, sys, fastapi, leasehold_psycopg, uvicorn
print(json.dumps({
    "executable": sys.executable,
    "environment": sys.prefix,
    "version": platform.python_version(),
    "client": importlib.metadata.version("leasehold-psycopg"),
}))`;

/** The Python that is named; or why there is none. */
export function askPython(environment: NodeJS.ProcessEnv = process.env): Python | { missing: string } {
  const executable = environment[PYTHON_VARIABLE];
  const todo = `name the Python of a virtual environment into which 'clients/python[test]' was installed`;
  if (executable === undefined || executable === "") return { missing: `it is not set; ${todo}` };
  const { status, stdout, stderr, error } = spawnSync(executable, ["-c", ASK], { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout) as Python;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  return { missing: `${executable}: ${reason}; ${todo}` };
}

/** Nothing where none is named, or the one that is named has no client. */
export function python(): Python | undefined {
  const answer = askPython();
  return "missing" in answer ? undefined : answer;
}
