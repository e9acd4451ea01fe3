import assert from "node:assert/strict";
import type { KubernetesObject } from "../servers/kubernetes-client";
import { cronJobPath, jobPath } from "../support/kubernetes-paths";
import { eventually } from "../support/wait";
import type { NodesBench } from "./bench";

const LONGER_THAN_A_MINUTE_MS = 70_000;

export interface JobStatus {
  readonly status: {
    readonly active?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface JobSpec {
  backoffLimit?: number;
  template: { spec: { containers: { args?: string[] }[] } };
}

/** The CronJob `reports` as a Job, now, with another program than its own. */
export async function runReports(
  { cluster: { apiServer } }: NodesBench,
  name: string,
  { script, backoffLimit }: { script: string; backoffLimit: number },
): Promise<void> {
  const { client } = apiServer;
  const { spec } = await client.get<{ spec: { jobTemplate: { spec: JobSpec } } }>(
    cronJobPath("shop", "reports"),
  );
  const job = spec.jobTemplate.spec;
  const [container] = job.template.spec.containers;
  if (container !== undefined) container.args = ["-e", script];
  await client.create(jobPath("shop"), { metadata: { name }, spec: { ...job, backoffLimit } });
}

/** A CronJob whose run takes longer than until the next one: that one waits, and so there is never a second user. */
export async function runsDoNotOverlap(bench: NodesBench): Promise<void> {
  const { client } = bench.cluster.apiServer;
  const path = cronJobPath("shop", "reports");
  const { spec } = await client.get<{ spec: { schedule: string; jobTemplate: object } }>(path);
  const container = { name: "reports", args: ["-e", `setTimeout(() => {}, ${LONGER_THAN_A_MINUTE_MS})`] };
  const template = { spec: { template: { spec: { containers: [container] } } } };
  const strategic = "application/strategic-merge-patch+json";
  const jobs = async () =>
    (await client.list<KubernetesObject & JobStatus>(jobPath("shop"))).filter(({ metadata }) =>
      metadata.name.startsWith("reports-"),
    );
  let [mostRuns, mostUsers] = [0, 0];
  try {
    await client.patch(path, { spec: { schedule: "* * * * *", jobTemplate: template } }, strategic);
    await eventually(
      "second run after the first",
      async () => {
        const [all, users] = await Promise.all([jobs(), bench.users("reports")]);
        mostRuns = Math.max(mostRuns, all.filter(({ status }) => (status.active ?? 0) > 0).length);
        mostUsers = Math.max(mostUsers, users.length);
        return all.length === 2;
      },
      { timeoutMs: 240_000, intervalMs: 1_000 },
    );
  } finally {
    await client.patch(path, { spec });
    for (const { metadata } of await jobs())
      await client.delete(`${jobPath("shop", metadata.name)}?propagationPolicy=Background`);
  }
  assert.equal(mostRuns, 1, "runs at once");
  assert.ok(mostUsers <= 2, `${mostUsers} users of a CronJob`);
  await bench.noUsers("reports");
}
