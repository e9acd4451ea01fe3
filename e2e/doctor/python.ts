import { spawnSync } from "node:child_process";

/** A Python that has leasehold's client and what its examples need, and what of the machine it needs. */
export interface Python {
  /** The virtual environment, which works wherever it is mounted. */
  readonly environment: string;
  /** The Python that it was made of, where the machine's libraries do not have it. */
  readonly home: string | undefined;
  readonly version: string;
  /** Version of the client. */
  readonly client: string;
}

/** Names the Python of a virtual environment into which clients/python was installed. */
export const PYTHON_VARIABLE = "E2E_PYTHON";

const ASK = `
import importlib.metadata, json, os, platform, sys, fastapi, leasehold_psycopg, uvicorn
home = os.path.realpath(sys.base_prefix)
print(json.dumps({
    "environment": sys.prefix,
    "version": platform.python_version(),
    "client": importlib.metadata.version("leasehold-psycopg"),
    **({} if home == "/usr" else {"home": home}),
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
