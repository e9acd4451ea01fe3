import { spawnSync } from "node:child_process";
import path from "node:path";
import { findBinary } from "./binaries";

/** The Maven and the JDK that the example is built and run with. */
export interface Jvm {
  readonly maven: string;
  readonly home: string;
  /** Of Java. */
  readonly version: string;
}

/** What clients/java is compiled for. */
const OLDEST = 17;

/** The JDK that Maven runs on, which is the one of JAVA_HOME where that is set; or why there is none. */
export function askJvm(maven = findBinary("mvn")): Jvm | { missing: string } {
  const todo = `get Maven and a JDK of ${OLDEST} or later from: package manager`;
  if (maven === undefined) return { missing: `Maven of the storefront; ${todo}` };
  const { status, stdout, stderr, error } = spawnSync(maven, ["--batch-mode", "--version"], {
    encoding: "utf8",
  });
  const [, version = "", home = ""] =
    /^Java version: ([\d.]+).*, (?:runtime|Java home): (.+)$/m.exec(stdout) ?? [];
  if (status !== 0 || home === "") {
    return { missing: `${maven}: ${error?.message ?? (stderr.trim() || "it names no Java")}; ${todo}` };
  }
  const compiler = spawnSync(path.join(home, "bin/javac"), ["-version"]);
  if (compiler.status !== 0 || Number(version.split(".")[0]) < OLDEST) {
    return { missing: `Maven runs on Java ${version} of ${home}, without a compiler for it; ${todo}` };
  }
  return { maven, home, version };
}
