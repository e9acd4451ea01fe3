import assert from "node:assert/strict";
import os from "node:os";
import path from "node:path";
import type { Scenario } from "../../scenarios/scenario";
import { projectDirectory } from "../../support/project-directory";
import { run } from "../../support/run";
import { CONTROL_PLANE } from "../../cluster/addresses";
import { loaderOf, type Laptop } from "../laptop";

/** What the bench says for itself when it has run what can be run on somebody's cluster. */
const OUTCOME = /^nodes: 2 passed, 0 failed, 9 skipped$/m;

/** Another process of the bench, which has of this cluster what anybody has of theirs: a kubeconfig. */
export const nodesExistingCluster: Scenario<Laptop> = {
  name: "nodes-existing-cluster",
  title:
    "E2E_KUBECONFIG: another process applies and destroys all three stacks on this cluster, without its DNS",
  async run(laptop, measurements) {
    const main = projectDirectory("dist/e2e/e2e/main.js");
    const logs = path.join(laptop.directory, "other");
    // No name of a Service means anything to it.
    const command = `mount --bind /dev/null /etc/resolv.conf && exec "$0" "$@"`;
    const startedAt = Date.now();
    const { code, stdout, stderr } = await run(
      "unshare",
      [
        ...["--mount", "--", "sh", "-ec", command, process.execPath],
        ...[main, "--only", "nodes-first-apply", "nodes-destroy", "--logs", logs],
      ],
      { env: environmentOf(laptop), timeoutMs: 420_000 },
    );
    measurements.add("the other process", (Date.now() - startedAt) / 1000, "s");
    assert.match(stdout, OUTCOME, stdout + stderr);
    assert.equal(code, 0, stdout + stderr);
  },
};

function environmentOf({ cluster, chart, env }: Laptop): NodeJS.ProcessEnv {
  const { LEASEHOLD_E2E_DIRECTORY, LEASEHOLD_E2E_GROUP, ...inherited } = env;
  void [LEASEHOLD_E2E_DIRECTORY, LEASEHOLD_E2E_GROUP];
  return {
    ...inherited,
    // Where its programs are.
    HOME: os.homedir(),
    E2E_KUBECONFIG: cluster.kubeconfigFile,
    E2E_HOST: CONTROL_PLANE,
    E2E_LOAD: loaderOf(cluster),
    E2E_VAULT_CHART: chart,
  };
}
