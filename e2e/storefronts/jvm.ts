import fs from "node:fs";
import path from "node:path";
import { askJvm } from "../doctor/jvm";
import { CommandFailed } from "../support/failure";
import { projectDirectory } from "../support/project-directory";
import { run, runOrThrow } from "../support/run";
import type { Language } from "./language";

const IMAGE = "bench.local/storefront-jvm:1";
const JAVA = "/app/java";
/** Of the JDK what the example and its libraries ask for: the whole of it is three times as large. */
const MODULES = [
  "java.instrument",
  "java.management",
  "java.naming",
  "java.security.jgss",
  "java.security.sasl",
  "java.sql",
  "jdk.crypto.ec",
  "jdk.httpserver",
  "jdk.unsupported",
];

export const jvm: Language = {
  name: "JVM",
  service: "storefront-jvm",
  replicas: 2,
  image: IMAGE,
  // What a small pod sets, so that two cores have room for the others.
  args: ["-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-jar", "/app/orders/orders.jar"],
  async build(directory) {
    const found = askJvm();
    if ("missing" in found) return found;
    const words = ["-B", "-ntp", "-q", "-f", "with-leasehold.xml", "-Dmaven.test.skip", "package"];
    const cwd = projectDirectory("examples/orders-java");
    const { code, stdout, stderr } = await run(found.maven, words, { cwd, timeoutMs: 600_000 });
    if (stdout.includes("Could not transfer artifact"))
      return { missing: "Maven cannot fetch what the example is built of" };
    if (code !== 0) throw new CommandFailed(`mvn ${words.join(" ")} ended with ${code}`, stdout + stderr);
    const { orders, java } = placesIn(directory);
    // The next build may take it away.
    fs.mkdirSync(orders, { recursive: true });
    fs.cpSync(path.join(cwd, "target/orders.jar"), path.join(orders, "orders.jar"));
    fs.cpSync(path.join(cwd, "target/libraries"), path.join(orders, "libraries"), { recursive: true });
    const link = [
      "--no-header-files",
      "--no-man-pages",
      "--add-modules",
      MODULES.join(","),
      "--output",
      java,
    ];
    await runOrThrow(path.join(found.home, "bin/jlink"), link);
    return undefined;
  },
  assemble(directory) {
    const { orders, java } = placesIn(directory);
    return {
      name: IMAGE,
      files: { [JAVA]: java, "/app/orders": orders },
      entrypoint: [`${JAVA}/bin/java`],
    };
  },
};

function placesIn(directory: string) {
  return { orders: path.join(directory, "orders-java"), java: path.join(directory, "java") };
}
