import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import { parse } from "yaml";
import { CHART } from "../../lib/vault/vault-server";
import type { CertificateAuthority } from "../servers/certificates";
import { runOrThrow } from "../support/run";
import type { Teardown } from "../support/teardown";
import { CONTROL_PLANE } from "../cluster/addresses";
import type { VaultImageTags } from "./images";

/** Names a directory with HashiCorp's chart, unpacked: the checkout of its repository at the version's tag. */
export const CHART_VARIABLE = "E2E_VAULT_CHART";

/** The directory of the chart; or why there is none. */
export function chartDirectory(
  environment: NodeJS.ProcessEnv = process.env,
): { directory: string } | { missing: string } {
  const directory = environment[CHART_VARIABLE];
  const todo = `name a directory with HashiCorp's chart in version ${CHART.version} by ${CHART_VARIABLE}: 'helm pull vault --repo ${CHART.repository} --version ${CHART.version} --untar', or a checkout of https://github.com/hashicorp/vault-helm at v${CHART.version}`;
  if (directory === undefined || directory === "") return { missing: `it is not set; ${todo}` };
  const file = path.join(directory, "Chart.yaml");
  if (!fs.existsSync(file)) return { missing: `there is no ${file}; ${todo}` };
  const { version } = parse(fs.readFileSync(file, "utf8")) as { version: string };
  return version === CHART.version ? { directory } : { missing: `${file} has version ${version}; ${todo}` };
}

/** The images that the chart asks for where nobody says otherwise. */
export function chartImageTags(directory: string): VaultImageTags {
  const values = parse(fs.readFileSync(path.join(directory, "values.yaml"), "utf8")) as {
    server: { image: { tag: string } };
    injector: { image: { tag: string } };
  };
  return { vault: values.server.image.tag, injector: values.injector.image.tag };
}

export interface ChartRepositoryOptions {
  readonly directory: string;
  readonly chart: string;
  readonly authority: CertificateAuthority;
}

/**
 * Stands in for the repository that the rendered release names, under its own name: there is no network
 * beyond the bench's. Terraform has to trust the bench's CA.
 */
export async function serveChart(
  { directory, chart, authority }: ChartRepositoryOptions,
  teardown: Teardown,
): Promise<void> {
  fs.mkdirSync(directory, { recursive: true });
  const archive = path.join(directory, "vault.tgz");
  await runOrThrow("tar", [
    "-czf",
    archive,
    "-C",
    chart,
    "--transform=s,^\\.,vault,",
    "--exclude=./.git",
    ".",
  ]);
  const { hostname } = new URL(CHART.repository);
  fs.appendFileSync("/etc/hosts", `\n${CONTROL_PLANE} ${hostname}\n`);
  const { certificate, key } = await authority.issue("charts", {
    commonName: hostname,
    names: [{ type: "dns", value: hostname }],
  });
  const entry = {
    ...(parse(fs.readFileSync(path.join(chart, "Chart.yaml"), "utf8")) as object),
    urls: ["vault.tgz"],
  };
  const index = JSON.stringify({ apiVersion: "v1", entries: { [CHART.name]: [entry] } });
  const server = https.createServer({ cert: certificate, key }, (request, response) =>
    request.url === "/index.yaml"
      ? response.end(index)
      : request.url === "/vault.tgz"
        ? fs.createReadStream(archive).pipe(response)
        : response.writeHead(404).end(),
  );
  await new Promise<void>((resolve) => server.listen(443, CONTROL_PLANE, resolve));
  teardown.add("repository of charts", () => server.close());
}
