import { configurationProblems } from "../../stacks/problems";
import { environments } from "../../stacks";
import { InvalidConfigurationError } from "../../lib/core";
import type { Environment } from "../../stacks/environment";
import { production } from "../../stacks/production";
import { environmentWithOrders, synthesizeAside } from "../support/environment";

const CANARY = "canary-8Jx2vQ";

/** What the people and pipelines around a synth have in their environment. */
const SECRET_VARIABLES = [
  "TF_VAR_shop_password",
  "VAULT_TOKEN",
  "TERRAFORM_VAULT_AUTH_JWT",
  "KUBE_TOKEN",
  "KUBE_PASSWORD",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "ARM_ACCESS_KEY",
  "GOOGLE_CREDENTIALS",
  "TF_HTTP_PASSWORD",
  "PGPASSWORD",
];

test("no secret of the environment reaches a file", async () => {
  const before = { ...process.env };
  for (const name of SECRET_VARIABLES) process.env[name] = `${CANARY}-${name}`;
  try {
    const { files } = await synthesizeAside(environments);
    expect(Object.keys(files).length).toBeGreaterThan(9);
    expect(Object.entries(files).filter(([, content]) => content.includes(CANARY))).toEqual([]);
  } finally {
    process.env = before;
  }
});

/** Secrets that somebody pastes where a literal takes text. */
const PEM_KEY = `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----\n`;
const JWT = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${CANARY}`;
const URL_WITH_PASSWORD = `https://admin:${CANARY}@vault.acme.internal`;

const orders = environmentWithOrders({}).services[0] as Environment["services"][0];
const [shop] = production.databases as [Environment["databases"][0]];
const withWorkload = (workload: object) =>
  environmentWithOrders({ workload: { ...orders.workload, ...workload } as typeof orders.workload });

test.each<[string, Environment]>([
  [
    "a private key beside PostgreSQL's CA",
    { ...production, databases: [{ ...shop, tls: { mode: "verify-full", caCertificate: PEM_KEY } }] },
  ],
  [
    "a private key beside the cluster's CA",
    { ...production, cluster: { ...production.cluster, caCertificate: PEM_KEY } },
  ],
  [
    "a password in the API server's URL",
    { ...production, cluster: { ...production.cluster, apiServer: URL_WITH_PASSWORD } },
  ],
  ["a password in the state's URL", { ...production, state: { kind: "http", address: URL_WITH_PASSWORD } }],
  [
    "a password in the host",
    { ...production, databases: [{ ...shop, host: `postgresql://a:${CANARY}@pg` }] },
  ],
  ["a token in a workload's variable", withWorkload({ env: { API_TOKEN: JWT } })],
  ["a URL with a password in a workload's variable", withWorkload({ env: { QUEUE: URL_WITH_PASSWORD } })],
  ["a token in a workload's arguments", withWorkload({ args: ["--token", JWT] })],
])("%s is refused, and not repeated", async (_, environment) => {
  const problems = configurationProblems([environment]);
  expect(problems).not.toEqual([]);
  expect(new InvalidConfigurationError(problems).message).not.toContain(CANARY);
  await expect(synthesizeAside([environment])).rejects.toThrow(InvalidConfigurationError);
});
