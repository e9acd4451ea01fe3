/** The programs that are measured: one per language, which holds its connections in several ways. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const ROOT = path.join(__dirname, "../..");
const WORKERS = path.join(__dirname, "workers");

/** A program that is ready to run, or what is missing. */
export type Prepared = { readonly command: readonly string[] } | { readonly missing: string };

export interface Language {
  readonly name: string;
  /** Its ways to hold connections, by what the program calls them; all others are compared with the first. */
  readonly ways: Readonly<Record<string, string>>;
  /** Builds the program into a directory. */
  readonly prepare: (directory: string) => Prepared;
  /** Mebibytes that a process of it has in use, where its size says rather how lazy its collector is. */
  readonly inUse?: (pid: number) => number;
}

export const LANGUAGES: readonly Language[] = [
  {
    name: "Node",
    ways: {
      plain: "pg, static user",
      leasehold: "@leasehold/pg",
      "read-once": "pg, file read once",
      "max-lifetime": "pg, max lifetime",
      "per-query": "connection per query",
      restart: "restart on rotation",
    },
    prepare: () => ({
      command: [process.execPath, "-r", "ts-node/register/transpile-only", path.join(WORKERS, "node.ts")],
    }),
  },
  {
    name: "Python, threads",
    ways: { plain: "psycopg_pool, static user", leasehold: "leasehold-psycopg, RotatingPool" },
    prepare: () => python("threads"),
  },
  {
    name: "Python, asyncio",
    ways: { plain: "psycopg_pool, static user", leasehold: "leasehold-psycopg, AsyncRotatingPool" },
    prepare: () => python("asyncio"),
  },
  {
    name: "Go",
    ways: {
      plain: "pgxpool, static user",
      leasehold: "leasehold",
      recipe: "pgxpool, file read in BeforeConnect",
    },
    prepare: go,
  },
  {
    name: "JVM",
    ways: { plain: "HikariCP, static user", leasehold: "leasehold-hikari" },
    prepare: java,
    inUse: liveOnHeap,
  },
];

function python(kind: string): Prepared {
  const program = process.env.E2E_PYTHON ?? "python3";
  const missing = `E2E_PYTHON names no Python into which clients/python[test] was installed`;
  return attempt(missing, () => {
    run(program, ["-c", "import leasehold_psycopg"]);
    return [program, path.join(WORKERS, "python.py"), kind];
  });
}

function go(directory: string): Prepared {
  return attempt("there is no Go, or it cannot fetch pgx", () => {
    const file = path.join(directory, "worker");
    run("go", ["build", "-o", file, "."], path.join(WORKERS, "go"));
    return [file];
  });
}

function java(directory: string): Prepared {
  return attempt("there is no JDK with Maven, or it cannot fetch HikariCP", () => {
    const client = path.join(ROOT, "clients/java");
    const file = path.join(directory, "classpath");
    const dependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";
    run("mvn", ["-B", "-ntp", "-q", "compile", dependencies, `-Dmdep.outputFile=${file}`], client);
    const libraries = fs.readFileSync(file, "utf8").trim().split(path.delimiter);
    const classpath = [
      path.join(client, "target/classes"),
      // What the tests log by would log each connection.
      ...libraries.filter((library) => !library.includes("logback")),
      directory,
    ].join(path.delimiter);
    run("javac", ["-cp", classpath, "-d", directory, path.join(WORKERS, "Worker.java")]);
    // What a JVM takes of a container of 512 MiB: of a machine with more it would take more, and not give it back.
    return ["java", "-Xmx128m", "-cp", classpath, "Worker"];
  });
}

/** After a full collection, which the histogram of live objects is preceded by. */
function liveOnHeap(pid: number): number {
  const histogram = execFileSync("jcmd", [String(pid), "GC.class_histogram"], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const [, bytes] = /^Total\s+\d+\s+(\d+)/m.exec(histogram) ?? [];
  return Number(bytes) / 2 ** 20;
}

function run(program: string, args: readonly string[], cwd = ROOT): void {
  execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
}

function attempt(missing: string, prepare: () => readonly string[]): Prepared {
  try {
    return { command: prepare() };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    return { missing: `${missing}: ${(stderr?.toString() || message).trim().split("\n").at(-1) ?? ""}` };
  }
}
