import { environments } from "../../template/project/stacks";
import { environmentWith, synthesizeAside, type Output, type StackJson } from "../support/environment";
import { production } from "../../template/project/stacks/production";
import { postgresCa } from "../../template/project/stacks/certificates";

let output: Output;
beforeAll(async () => (output = await synthesizeAside(environments)));

const STACKS = ["local", "staging", "production"].flatMap((name) => [
  `${name}-vault`,
  `${name}-platform`,
  name,
]);

test("three stacks per environment, in the order in which they are applied", () => {
  expect(output.stacks.map(({ environment, stack, services }) => ({ environment, stack, services }))).toEqual(
    STACKS.map((stack) => {
      const environment = stack.split("-")[0];
      return { environment, stack, services: stack === environment ? 3 : 0 };
    }),
  );
});

test("the order is in the manifest that `cdktf deploy` follows", () => {
  const { stacks } = JSON.parse(output.files["manifest.json"] ?? "") as {
    stacks: Record<string, { dependencies: string[] }>;
  };
  expect(stacks["production"]?.dependencies).toEqual(["production-platform"]);
  expect(stacks["production-platform"]?.dependencies).toEqual(["production-vault"]);
  expect(stacks["production-vault"]?.dependencies).toEqual([]);
});

test("nothing but the Terraform JSON, its manifest, leasehold's mark, the SQL of the group roles, the report and the stages of migrations is written", () => {
  const bootstrap = environments.map(({ name }) => `bootstrap/${name}/shop.sql`);
  const report = ["csv", "html", "json", "md"].map((format) => `report/access.${format}`);
  expect(Object.keys(output.files).sort()).toEqual(
    [
      ".leasehold.json",
      "manifest.json",
      "migration-stages.json",
      ...bootstrap,
      ...report,
      ...STACKS.map((stack) => `stacks/${stack}/cdk.tf.json`),
    ].sort(),
  );
});

test("the proof of every environment has nothing to say", () => expect(output.findings).toEqual([]));

describe.each(STACKS)("%s", (stack) => {
  test("counts its resources", () => {
    const { resource = {} } = output.json(stack);
    const count = Object.values(resource).reduce((sum, byName) => sum + Object.keys(byName).length, 0);
    expect(output.stacks.find((entry) => entry.stack === stack)?.resources).toBe(count);
  });

  test("needs Terraform 1.11 and refers to no other stack", () => {
    expect(output.json(stack).terraform.required_version).toBe(">= 1.11");
    const text = output.files[`stacks/${stack}/cdk.tf.json`];
    expect(text).not.toMatch(/terraform_remote_state|cross-stack-output/);
    expect(output.json(stack)).not.toHaveProperty("output");
    expect(output.json(stack)).not.toHaveProperty("data");
  });
});

test("addresses of what holds leases are a contract: a new one would destroy and create", () => {
  for (const platform of ["local-platform", "staging-platform", "production-platform"]) {
    const { resource = {}, variable = {} } = output.json(platform);
    expect(Object.keys(resource["vault_mount"] ?? {})).toEqual(["SecretsEngine_35F0C909"]);
    expect(Object.keys(resource["vault_auth_backend"] ?? {})).toEqual(["KubernetesAuth_726A530A"]);
    expect(Object.keys(resource["vault_database_secret_backend_connection"] ?? {})).toEqual([
      "shop_4FF2D3EB",
    ]);
    expect(Object.keys(variable)).toEqual(["shop_password"]);
  }
});

test("staging and production differ in values, not in resources", () => {
  const addresses = (stack: string) =>
    Object.entries(output.json(stack).resource ?? {}).flatMap(([type, byName]) =>
      Object.keys(byName).map((name) => `${type}.${name}`),
    );
  for (const suffix of ["-vault", "-platform", ""]) {
    expect(addresses(`staging${suffix}`)).toEqual(addresses(`production${suffix}`));
  }
});

test("services of a team live in a stack of their own, at the same addresses", async () => {
  const services = production.services.map((service) =>
    service.name === "billing" ? { ...service, team: "payments" } : service,
  );
  const split = await synthesizeAside([environmentWith({ services })]);
  expect(split.stacks.map(({ stack, services }) => [stack, services])).toEqual([
    ["production-vault", 0],
    ["production-platform", 0],
    ["production", 2],
    ["production-payments", 1],
  ]);
  const whole = output.json("production").resource ?? {};
  for (const [type, byName] of Object.entries(split.json("production-payments").resource ?? {})) {
    for (const [name, body] of Object.entries(byName)) expect(whole[type]?.[name]).toEqual(body);
  }
  expect(split.json("production-platform")).toEqual({
    ...output.json("production-platform"),
    terraform: split.json("production-platform").terraform,
  });
});

describe("a Vault that lives elsewhere", () => {
  const external = {
    mode: "external",
    address: "https://vault.acme.internal:8200",
    transport: { kind: "tls", caCertificate: postgresCa },
    mountPath: "acme/production",
    authPath: "acme-production",
    audit: [],
  } as const;
  const cluster = { ...production.cluster, caCertificate: postgresCa };

  test("with an injector that is there already has no stack of its own, and pods carry its CA", async () => {
    const { stacks, json } = await synthesizeAside([
      environmentWith({ cluster, vault: { ...external, injector: { kind: "existing" } } }),
    ]);
    expect(stacks.map(({ stack }) => stack)).toEqual(["production-platform", "production"]);
    expect(json("production-platform").provider["vault"]).toEqual([
      { address: "https://vault.acme.internal:8200" },
    ]);
    const { resource = {} } = json("production-platform");
    expect(Object.values(resource["vault_mount"] ?? {})[0]).toMatchObject({ path: "acme/production" });
    expect(resource).not.toHaveProperty("vault_kubernetes_auth_backend_config");
    expect(JSON.stringify(json("production"))).toContain("VAULT_CACERT_BYTES");
  });

  test("with an injector of ours is a stack that installs just that", async () => {
    const { stacks } = await synthesizeAside([
      environmentWith({ cluster, vault: { ...external, injector: { kind: "install" } } }),
    ]);
    expect(stacks[0]).toMatchObject({ stack: "production-vault", resources: 1 });
  });
});

test("namespaces that others make are left to them", async () => {
  const { json } = await synthesizeAside([
    environmentWith({ cluster: { ...production.cluster, namespaces: { kind: "existing" } } }),
  ]);
  expect(json("production-platform").resource).not.toHaveProperty("kubernetes_namespace_v1");
  expect(json("production-platform").provider).not.toHaveProperty("kubernetes");
});

test("a namespace that is somebody else's is not made, and the others are", async () => {
  const namespaces = { kind: "create", except: ["shop"] } as const;
  const { json } = await synthesizeAside([
    environmentWith({ cluster: { ...production.cluster, namespaces } }),
  ]);
  const made = Object.values(json("production-platform").resource?.["kubernetes_namespace_v1"] ?? {});
  expect(made.map(({ metadata }) => (metadata as { name: string }).name).sort()).toEqual([
    "analytics",
    "billing",
  ]);
});

test("an environment without services is a platform alone", async () => {
  const { stacks, json } = await synthesizeAside([environmentWith({ services: [] })]);
  expect(stacks.map(({ stack }) => stack)).toEqual(["production-vault", "production-platform"]);
  const [connection] = Object.values(
    json("production-platform").resource?.["vault_database_secret_backend_connection"] ?? {},
  );
  expect(connection).toMatchObject({ allowed_roles: [] });
});

test("a workload that something else deploys gets everything but itself, and files for whatever deploys it", async () => {
  const services = production.services.map((service) =>
    service.name === "billing"
      ? { ...service, workload: { kind: "elsewhere", controller: "Deployment", container: "app" } as const }
      : service,
  );
  const { files, json } = await synthesizeAside([environmentWith({ services })]);
  const addresses = ({ resource = {} }: StackJson) =>
    Object.entries(resource).flatMap(([type, byName]) =>
      Object.keys(byName).map((name) => `${type}.${name}`),
    );
  const missing = addresses(output.json("production")).filter(
    (address) => !addresses(json("production")).includes(address),
  );
  expect(missing).toEqual([
    "kubernetes_deployment_v1.billing_Workload_1178C275",
    "kubernetes_service_v1.billing_Workload_Service_9FD9F251",
  ]);
  expect(Object.keys(files).filter((file) => file.startsWith("manifests/"))).toEqual([
    "manifests/production/billing.values.yaml",
    "manifests/production/billing.yaml",
  ]);
  expect(files["manifests/production/billing.yaml"]).toContain("database/creds/billing-shop");
});
