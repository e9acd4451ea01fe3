import assert from "node:assert/strict";
import type { Bench } from "../bench";
import { python, PYTHON_VARIABLE } from "../doctor/python";
import type { WatchedPod } from "../cluster/watched-pods";
import { cronJobPath, jobPath } from "../support/kubernetes-paths";
import { eventually } from "../support/wait";
import { events } from "./application-log";
import { auditOf } from "./audit";
import type { Scenario } from "./scenario";

const NAMESPACE = "analytics";

/** With the agent as a native sidecar a Job ends, and its credential with it. */
export const job: Scenario = {
  name: "job",
  title: "a Job completes, with its credential revoked",
  async run(bench, measurements) {
    const audit = auditOf(bench, "reports");
    const before = audit.counts();
    const startedAt = Date.now();
    const pod = await runJob(bench, "reports", "reports-1");
    measurements.add(
      "Job created to Job complete, 2 s of work included",
      (Date.now() - startedAt) / 1000,
      "s",
    );
    assert.equal(events(pod.container("reports"), "done").length, 1, "the Job has not done its work");
    const after = audit.counts();
    assert.equal(after.logins - before.logins, 1);
    assert.equal(after.credentials - before.credentials, 1);
    assert.equal(after.revocations - before.revocations, 1);
    await nothingOf(bench, "reports");
  },
};

/** The job of examples/, in Python, with leasehold's pool of psycopg. */
export const pythonJob: Scenario = {
  name: "python-job",
  title: "the Python example completes, with its credential revoked",
  needs: () =>
    python() ? undefined : `${PYTHON_VARIABLE} names no Python into which clients/python was installed`,
  async run(bench) {
    const audit = auditOf(bench, "revenue");
    const before = audit.counts();
    const pod = await runJob(bench, "revenue", "revenue-1");
    const { log } = pod.container("revenue");
    assert.match(log, /^customer,orders,total\r?\n1,\d+,\d+/m, "the example has not written its report");
    assert.equal(audit.counts().credentials - before.credentials, 1, "the Job has had no user of its own");
    await nothingOf(bench, "revenue");
  },
};

/** The agent gives its token back, and Vault ends user and lease soon after: long before it would by itself. */
async function nothingOf(bench: Bench, service: string): Promise<void> {
  await bench.noUsers(service, 10_000);
  await eventually(
    `end of the leases of ${service}`,
    async () => (await bench.leases(`${service}-shop`)).length === 0,
  );
}

/** Runs a CronJob now, as `kubectl create job --from` does, and waits until it is complete. */
export async function runJob(bench: Bench, cronJob: string, name: string): Promise<WatchedPod> {
  const { client } = bench.apiServer;
  const { spec } = await client.get<{ spec: { jobTemplate: { spec: object } } }>(
    cronJobPath(NAMESPACE, cronJob),
  );
  const before = bench.pods(NAMESPACE, cronJob);
  await client.create(jobPath(NAMESPACE), { metadata: { name }, spec: spec.jobTemplate.spec });
  const pod = await eventually(`pod of ${name}`, () =>
    bench.pods(NAMESPACE, cronJob).find((each) => !before.includes(each)),
  );
  await eventually(
    `completion of ${name}`,
    async () => {
      const { status } = await client.get<{ status: { conditions?: { type: string; status: string }[] } }>(
        jobPath(NAMESPACE, name),
      );
      return status.conditions?.some(
        (condition) => condition.type === "Complete" && condition.status === "True",
      );
    },
    { timeoutMs: 60_000 },
  );
  await client.delete(`${jobPath(NAMESPACE, name)}?propagationPolicy=Background`);
  return pod;
}
