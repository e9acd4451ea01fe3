import fs from "node:fs";
import path from "node:path";
import { askJvm } from "../doctor/jvm";
import { readOnly, type BindMount } from "../sandbox/root-filesystem";
import { CommandFailed } from "../support/failure";
import { projectDirectory } from "../support/project-directory";
import { run } from "../support/run";
import { LISTENING, type Language } from "./language";

const IMAGE = "bench.local/storefront-jvm:1";
const JDK = "/app/jdk";

export const jvm: Language = {
  name: "JVM",
  service: "storefront-jvm",
  replicas: 2,
  image: IMAGE,
  // What a small pod sets, so that two cores have room for the others.
  args: ["-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-jar", "/app/orders/orders.jar"],
  async make(directory) {
    const found = askJvm();
    if ("missing" in found) return found;
    const words = ["-B", "-ntp", "-q", "-f", "with-leasehold.xml", "-Dmaven.test.skip", "package"];
    const cwd = projectDirectory("examples/orders-java");
    const { code, stdout, stderr } = await run(found.maven, words, { cwd, timeoutMs: 600_000 });
    if (stdout.includes("Could not transfer artifact"))
      return { missing: "Maven cannot fetch what the example is built of" };
    if (code !== 0) throw new CommandFailed(`mvn ${words.join(" ")} ended with ${code}`, stdout + stderr);
    // The next build may take it away.
    const made = path.join(directory, "orders-java");
    fs.mkdirSync(made, { recursive: true });
    fs.cpSync(path.join(cwd, "target/orders.jar"), path.join(made, "orders.jar"));
    fs.cpSync(path.join(cwd, "target/libraries"), path.join(made, "libraries"), { recursive: true });
    return {
      prefix: IMAGE,
      mounts: [readOnly(made, "/app/orders"), ...jdk(found.home)],
      entrypoint: [...LISTENING, `${JDK}/bin/java`],
    };
  },
};

/** Debian's has its configuration below `/etc`. */
function jdk(home: string): BindMount[] {
  const configuration = path.dirname(fs.realpathSync(path.join(home, "conf/net.properties")));
  const isElsewhere = configuration !== path.join(fs.realpathSync(home), "conf");
  return [readOnly(home, JDK), ...(isElsewhere ? [readOnly(configuration, configuration)] : [])];
}
