import { execFileSync } from "node:child_process";
import path from "node:path";
import { shownIn, type LanguageClient } from "./library";

const WORKER = path.join(__dirname, "../python/libraries/worker.py");
/** Of an environment with `clients/python[test]`. */
const PYTHON = process.env.LIBRARIES_PYTHON ?? "python3";

/** Name in the table, its package, and where the page shows it. */
const LIBRARIES: readonly [name: string, distribution: string, heading: string, language: string][] = [
  ["psycopg", "psycopg-pool", "# leasehold-psycopg", "diff"],
  ["psycopg, asynchronous", "psycopg-pool", "### Asynchronous", "python"],
  ["SQLAlchemy", "SQLAlchemy", "### SQLAlchemy", "python"],
  ["SQLAlchemy, asynchronous", "SQLAlchemy", "### SQLAlchemy with asyncio", "python"],
  ["Django, its pool", "Django", "### Django", "python"],
  ["Django, CONN_MAX_AGE", "Django", "### Django without a pool", "python"],
  ["asyncpg", "asyncpg", "### asyncpg", "python"],
  ["FastAPI", "fastapi", "### FastAPI", "python"],
];

/** The blocks of the page are executed as they are, by one program that knows how to ask what they make. */
export const python: LanguageClient = {
  name: "Python",
  page: "python/README.md",
  libraries: (page) =>
    LIBRARIES.map(([name, distribution, heading, language]) => {
      const block = shownIn(page, heading, language);
      const shown = language === "diff" ? block.replace(/^-.*\n/gm, "").replace(/^\+/gm, "") : block;
      const version = `import importlib.metadata; print(importlib.metadata.version("${distribution}"))`;
      return {
        name,
        version: execFileSync(PYTHON, ["-c", version], { encoding: "utf8" }).trim(),
        shown,
        command: [PYTHON, WORKER, name, shown],
      };
    }),
};
