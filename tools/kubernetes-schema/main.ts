import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { schemaOf, schemaText, type OpenApi } from "./schema";

/** What leasehold renders, and what it writes patches for. */
const KINDS = {
  "api/v1": ["v1 ConfigMap", "v1 Namespace", "v1 Pod", "v1 Service", "v1 ServiceAccount"],
  "apis/apps/v1": ["apps/v1 DaemonSet", "apps/v1 Deployment", "apps/v1 StatefulSet"],
  "apis/autoscaling/v2": ["autoscaling/v2 HorizontalPodAutoscaler"],
  "apis/batch/v1": ["batch/v1 CronJob", "batch/v1 Job"],
};

/** Asks the API server that kubectl talks to: what a running one answers has the enumerations, unlike the files of the release. */
function ask(at: string): unknown {
  const answer = execFileSync("kubectl", ["get", "--raw", at], { encoding: "utf8", maxBuffer: 2 ** 26 });
  return JSON.parse(answer);
}

const { gitVersion } = ask("/version") as { gitVersion: string };
const documents = Object.keys(KINDS).map((group) => ask(`/openapi/v3/${group}`) as OpenApi);
fs.writeFileSync(
  path.resolve(__dirname, "../../proof/rules/closed/kubernetes/schema.json"),
  schemaText(schemaOf(documents, Object.values(KINDS).flat(), gitVersion.replace(/^v/, ""))),
);
