import { configurationProblems } from "../../lib/environment/problems";
import type { NamedCluster } from "../../lib/environment/cluster";
import type { ClusterService, Environment, MultiClusterEnvironment } from "../../lib/environment/environment";
import { formatProblems } from "../../lib/core";
import { inItsClusters } from "../../proof/cli/find";
import { synthesizeAside, type Output } from "../support/environment";
import { clusterCalled, twoClusters, twoClustersWith, twoClustersWithOrders } from "../support/two-clusters";
import { RenderedEnvironments } from "../support/rules-mutations";
import { staging } from "../../template/project/stacks/staging";

/** Terraform JSON and what lies beside it, by its file. */
function rendered({ files }: Output, part: RegExp): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([file]) => part.test(file)));
}

/** What there is of a type in a stack. */
function bodies({ json }: Output, stack: string, type: string): Record<string, unknown>[] {
  return Object.values(json(stack).resource?.[type] ?? {});
}

function problems(...environments: MultiClusterEnvironment[]): string[] {
  return formatProblems(configurationProblems(environments));
}

const schemaJob: ClusterService = {
  name: "shop-schema",
  namespace: "shop",
  ttl: { default: "15m", max: "1h" },
  access: [{ database: "shop", owner: { role: "shop_owner", reason: "it changes the schema" } }],
  workload: { kind: "job", image: "ghcr.io/acme/shop-schema:1.0.0" },
  clusters: ["eu"],
};

let output: Output;
beforeAll(async () => {
  output = await synthesizeAside([twoClusters]);
}, 600_000);

describe("what is rendered", () => {
  test("has what the clusters have in common once, and the rest for each", () => {
    expect(output.findings).toEqual([]);
    expect(output.stacks.map(({ stack }) => stack)).toEqual([
      "production-platform",
      "production",
      ...["eu", "us"].flatMap((name) => [
        `production-${name}-vault`,
        `production-${name}-platform`,
        `production-${name}`,
      ]),
    ]);
    const typesOf = (stack: string) => Object.keys(output.json(stack).resource ?? {}).sort();
    expect(typesOf("production")).toEqual(["vault_database_secret_backend_role", "vault_policy"]);
    expect(typesOf("production-platform")).not.toContain("vault_auth_backend");
    expect(typesOf("production-us-platform")).toEqual([
      "kubernetes_namespace_v1",
      "vault_auth_backend",
      "vault_quota_rate_limit",
    ]);
    expect(typesOf("production-us")).not.toContain("vault_policy");
    expect(Object.keys(output.files).filter((file) => file.startsWith("bootstrap/"))).toEqual([
      "bootstrap/production/shop.sql",
    ]);
  });

  test("asks for no cluster where clusters have something in common", () => {
    for (const stack of ["production-platform", "production"])
      expect(Object.keys(output.json(stack).provider)).toEqual(["vault"]);
  });

  test("logs pods in at the auth method of their cluster", () => {
    for (const name of ["eu", "us"]) {
      const [method] = bodies(output, `production-${name}-platform`, "vault_auth_backend");
      expect(method).toMatchObject({ path: `kubernetes-${name}` });
      const roles = bodies(output, `production-${name}`, "vault_kubernetes_auth_backend_role");
      expect(roles.map(({ backend }) => backend)).toEqual(roles.map(() => `kubernetes-${name}`));
      expect(JSON.stringify(output.json(`production-${name}`))).toContain(
        `"vault.hashicorp.com/auth-path":"auth/kubernetes-${name}"`,
      );
    }
  });

  test("lets tokens live as long as the mount lets leases, wherever the service runs that asks for it", async () => {
    const services = twoClusters.services.map((service, index) => ({
      ...service,
      clusters: [index === 0 ? "eu" : "us"],
    }));
    expect((await synthesizeAside([twoClustersWith({ services })])).findings).toEqual([]);
  }, 600_000);

  test("runs a service where it says, and everywhere without a word", () => {
    const workloads = (stack: string) => [
      ...Object.keys(output.json(stack).resource?.["kubernetes_deployment_v1"] ?? {}),
      ...Object.keys(output.json(stack).resource?.["kubernetes_cron_job_v1"] ?? {}),
    ];
    expect(workloads("production-eu")).toHaveLength(3);
    expect(workloads("production-us")).toHaveLength(2);
  });

  test("orders the stacks: roles before pods, and a cluster behind a Job of another one that it waits for", async () => {
    const services = twoClusters.services.map((service) => ({ ...service, after: ["shop-schema"] }));
    const { files } = await synthesizeAside([twoClustersWith({ services: [schemaJob, ...services] })]);
    const manifest = JSON.parse(files["manifest.json"] ?? "") as {
      stacks: Record<string, { dependencies: string[] }>;
    };
    expect(manifest.stacks["production-eu"]?.dependencies).toEqual(["production-eu-platform", "production"]);
    expect(manifest.stacks["production-us"]?.dependencies).toEqual([
      "production-us-platform",
      "production",
      "production-eu",
    ]);
  }, 600_000);
});

describe("what a change leaves as it is", () => {
  test("another cluster: everything that was there", async () => {
    const clusters = [...twoClusters.clusters, clusterCalled("ap")];
    const more = await synthesizeAside([twoClustersWith({ clusters })]);
    const before = rendered(output, /^(stacks|bootstrap)\//);
    expect(rendered(more, /^(stacks\/production(-eu|-us)?(-vault|-platform)?|bootstrap)\//)).toEqual(before);
    expect(more.stacks).toHaveLength(output.stacks.length + 3);
  }, 600_000);

  test("a service that leaves a cluster: the other one, and what they have in common", async () => {
    const services = twoClusters.services.map((service) =>
      service.name === "billing" ? { ...service, clusters: ["us"] } : service,
    );
    const moved = await synthesizeAside([twoClustersWith({ services })]);
    const kept = /^(stacks\/production(-us)?(-vault|-platform)?|bootstrap)\//;
    expect(rendered(moved, kept)).toEqual(rendered(output, kept));
    expect(rendered(moved, /production-eu\//)).not.toEqual(rendered(output, /production-eu\//));
  }, 600_000);
});

test("one cluster that becomes the first of several keeps every resource, but for the name of a quota", async () => {
  const { clusters, services, ...common } = twoClusters;
  const [{ name, ...cluster }] = clusters as [NamedCluster];
  const one: Environment = { ...common, cluster, services: services.map(({ clusters: _, ...each }) => each) };
  const first = { name, authPath: "kubernetes", ...cluster };
  const [before, after] = await Promise.all([
    synthesizeAside([one]),
    synthesizeAside([twoClustersWith({ clusters: [first, clusterCalled("us")] })]),
  ]);
  const resources = (found: Output, ...stacks: string[]) =>
    stacks
      .flatMap((stack) => Object.entries(found.json(stack).resource ?? {}))
      .flatMap(([type, all]) =>
        Object.entries(all).map(([id, body]) => [`${type}.${id}`, withoutOrder(body)] as const),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1));
  expect(before.files["bootstrap/production/shop.sql"]).toBe(after.files["bootstrap/production/shop.sql"]);
  expect(resources(after, "production", "production-eu")).toEqual(resources(before, "production"));
  const renamed = resources(before, "production-platform").map(([address, body]) => [
    address,
    body.name === "production-login" ? { ...body, name: "production-eu-login" } : body,
  ]);
  expect(resources(after, "production-platform", "production-eu-platform")).toEqual(renamed);
}, 600_000);

/** What is made before, in one stack, is there before the other one is applied. */
function withoutOrder({ depends_on: _, ...body }: Record<string, unknown>): Record<string, unknown> {
  return body;
}

describe("the proof", () => {
  const environments = new RenderedEnvironments([twoClusters]);

  test.each<[string, string, RegExp, string]>([
    [
      "pods of one cluster log in at the method of the other",
      "production-us",
      /auth\/kubernetes-us/g,
      "auth/kubernetes-eu",
    ],
    [
      "roles of one cluster stand in the method of the other",
      "production-us",
      /"backend":"kubernetes-us"/g,
      '"backend":"kubernetes-eu"',
    ],
    [
      "one cluster reaches another Kubernetes in its platform",
      "production-us-platform",
      /acme-us/g,
      "acme-eu",
    ],
    ["one cluster reads another mount", "production-us", /database\/creds/g, "db/creds"],
    ["what they have in common is another role", "production", /"orders-shop"/g, '"orders"'],
  ])(
    "notices that %s",
    async (_, stack, from, to) => {
      const { findings } = await environments.findingsAfter(twoClusters, (spoilt) =>
        spoilt.change(stack, (json) => {
          const text = JSON.stringify(json);
          expect(text).toMatch(from);
          return JSON.parse(text.replace(from, to)) as object;
        }),
      );
      expect(findings.filter(({ severity }) => severity === "error")).not.toEqual([]);
    },
    600_000,
  );

  test("adds the pods of all clusters up, and counts Vault once", async () => {
    const limited = (maxConnections: number) =>
      twoClustersWith({ databases: twoClusters.databases.map((each) => ({ ...each, maxConnections })) });
    const told = async (maxConnections: number) => {
      const environment = limited(maxConnections);
      const { findings } = await new RenderedEnvironments([environment]).findingsAfter(environment, () => {});
      return findings.filter(({ rule }) => rule === "capacity/connections").map(({ message }) => message);
    };
    const [message = ""] = await told(60);
    const needed = Number(/= (\d+) connections/.exec(message)?.[1]);
    expect(message.match(/\(6 \+ 1 surge\) × 10/g)).toHaveLength(2);
    expect(message.match(/of Vault/g)).toHaveLength(1);
    expect(await told(needed)).toEqual([]);
    expect(await told(needed - 1)).toHaveLength(1);
  }, 600_000);

  test("finds what the clusters have in common once, and a waiver accepts it for all", async () => {
    const { findings: told } = await environments.findingsAfter(twoClusters, (spoilt) =>
      spoilt.change("production", (json) => {
        const text = JSON.stringify(json).replace(/"default_ttl":3600/g, '"default_ttl":5400');
        return JSON.parse(text) as object;
      }),
    );
    expect(told).not.toEqual([]);
    expect(told).toHaveLength(new Set(told.map((finding) => JSON.stringify(finding))).size);
    const inEuAlone = {
      rule: "lifecycle/pod-security",
      resource: "production-eu/orders/Workload/Resource",
      reason: "never matches",
    };
    const waived = twoClustersWith({ waivers: [inEuAlone] });
    const { findings } = await new RenderedEnvironments([waived]).findingsAfter(waived, () => {});
    expect(findings.map(({ rule }) => rule)).toEqual(["waiver/unmatched"]);
  }, 600_000);

  test("proves a promise in every cluster, also one about a service that runs in another", async () => {
    const promise = (services: string[]) =>
      twoClustersWith({
        guarantees: [
          {
            kind: "only",
            services,
            on: { database: "shop", tables: ["invoices"] },
            reason: "the auditors were told so",
          },
        ],
      });
    expect((await synthesizeAside([promise(["analytics", "billing"])])).findings).toEqual([]);
    await expect(synthesizeAside([promise(["analytics"])])).rejects.toThrow(/guarantee\/broken/);
    expect(problems(promise(["nobody"])).join("\n")).toMatch(
      /\[production\] 'guarantees\[0\].services' must name what the environment has, got "nobody"/,
    );
  }, 600_000);

  test("compares each cluster with the one of its name, where changes are proven", async () => {
    const { provenIn: _, ...rehearsal } = { ...twoClusters, provenIn: undefined };
    const before: MultiClusterEnvironment = {
      ...rehearsal,
      name: "rehearsal",
      state: { kind: "s3", bucket: "acme-rehearsal", region: "eu-west-1" },
      vault: { ...twoClusters.vault, address: "https://vault.rehearsal.internal:8200" } as never,
      clusters: [clusterCalled("us"), clusterCalled("eu")].map((cluster) => ({
        ...cluster,
        connection: { kind: "kubeconfig", context: `rehearsal-${cluster.name}` },
        apiServer: `https://${cluster.name}.rehearsal.internal:6443`,
      })),
      databases: twoClusters.databases.map((each) => ({ ...each, host: "pg.rehearsal.internal" })),
    };
    const after = twoClustersWith({ provenIn: "rehearsal" });
    expect((await synthesizeAside([before, after])).findings).toEqual([]);
    const services = before.services.filter(({ name }) => name !== "analytics");
    await expect(synthesizeAside([{ ...before, services }, after])).rejects.toThrow(/parity/);
  }, 600_000);
});

test("a report on an environment is one on it in each of its clusters", () => {
  const among = ["rehearsal", "production-eu", "production-us", "production-us-2"].map((name) => ({ name }));
  const named = (name: string) => inItsClusters(name, among).map((each) => each.name);
  expect(named("production")).toEqual(["production-eu", "production-us", "production-us-2"]);
  expect(named("production-us")).toEqual(["production-us"]);
  expect(named("rehearsal")).toEqual(["rehearsal"]);
  expect(() => named("prod")).toThrow('there is no environment "prod"');
});

describe("what is refused", () => {
  test.each<[string, Partial<MultiClusterEnvironment>, RegExp[]]>([
    ["no cluster", { clusters: [] }, [/\[production\] 'clusters' must name at least one/]],
    [
      "two of one name",
      { clusters: [clusterCalled("eu"), clusterCalled("eu")] },
      [/'clusters' must have different names, got "eu"/, /auth method each/],
    ],
    ["a name that is none", { clusters: [clusterCalled("EU west")] }, [/'clusters\[0\].name'/]],
    [
      "one auth method for two",
      { clusters: [clusterCalled("eu"), { ...clusterCalled("us"), authPath: "kubernetes-eu" }] },
      [/auth method each.*got "kubernetes-eu"/],
    ],
    ["a Vault in one of them", { vault: { mode: "dev", audit: [] } }, [/'vault.mode' must be "external"/]],
    [
      "one auth path for all",
      { vault: { ...twoClusters.vault, authPath: "kubernetes" } },
      [/'vault.authPath' must be left out/],
    ],
    [
      "the state in one of them",
      { state: { kind: "kubernetes", namespace: "terraform" } },
      [/'state.kind' must be the kind of a store that several clusters share/],
    ],
  ])("%s", (_, changes, expected) => {
    const told = problems(twoClustersWith(changes)).join("\n");
    for (const each of expected) expect(told).toMatch(each);
  });

  test.each<[string, Partial<ClusterService>, RegExp]>([
    ["nowhere", { clusters: [] }, /\[production\] 'services\[0\].clusters' must name at least one cluster/],
    ["where nothing is", { clusters: ["ap"] }, /must name clusters of the environment \(eu, us\), got "ap"/],
    ["twice in one", { clusters: ["eu", "eu"] }, /must name each cluster once, got "eu"/],
  ])("a service that runs %s", (_, changes, expected) => {
    expect(problems(twoClustersWithOrders(changes)).join("\n")).toMatch(expected);
  });

  test("a schema that two clusters change at a time", () => {
    const { clusters: _, ...everywhere } = schemaJob;
    const told = problems(twoClustersWith({ services: [...twoClusters.services, everywhere] }));
    expect(told).toEqual([
      expect.stringMatching(/'services\[3\].clusters' must name one cluster for what acts as an owner/),
    ]);
  });

  test("what is wrong in all clusters, once and of the environment; what is wrong in one, of that one", () => {
    expect(problems(twoClustersWithOrders({ drain: "0s" as never, namespace: "Shop" }))).toEqual(
      [
        expect.stringMatching(/^\s*\[production\/orders\] 'namespace'/),
        expect.stringMatching(/^\s*\[production\/orders\] 'drain'/),
      ].map(() => expect.stringMatching(/\[production\/orders\]/)),
    );
    const { caCertificate: _, ...without } = clusterCalled("us");
    expect(problems(twoClustersWith({ clusters: [clusterCalled("eu"), without] }))).toEqual([
      expect.stringMatching(/\[production-us-platform\/KubernetesAuth\] 'caCertificate'/),
    ]);
  });

  test("a name that is too long, and not two that are long together", () => {
    const long = "production-of-the-whole-world";
    const cluster = clusterCalled("north-of-the-far-western-isles");
    expect(problems(twoClustersWith({ name: long, clusters: [clusterCalled("eu"), cluster] }))).toEqual([]);
    expect(problems(twoClustersWith({ name: `${long}-too` })).join("\n")).toMatch(/'name' must/);
    expect(problems(twoClustersWith({ name: `${long}-too` }))).toHaveLength(1);
  });

  test("a cluster that has the name of a team", () => {
    const services = twoClusters.services.map((service, index) =>
      index === 0 ? { ...service, team: "eu" } : service,
    );
    expect(problems(twoClustersWith({ services })).join("\n")).toMatch(
      /\[production-eu\] 'name' must be the name of one stack only/,
    );
  });

  test("'cluster' and 'clusters' in one environment, and clusters of a service where there is one", () => {
    const both = { ...twoClusters, cluster: staging.cluster } as unknown as MultiClusterEnvironment;
    expect(problems(both).join("\n")).toMatch(/'cluster'/);
    const services = staging.services.map((service) => ({ ...service, clusters: ["eu"] }));
    const told = formatProblems(configurationProblems([{ ...staging, services } as never])).join("\n");
    expect(told).toMatch(/'services\[0\].clusters'/);
  });

  test("a cluster of two environments that would both write one service", () => {
    const other = twoClustersWith({ name: "other" });
    expect(problems(twoClusters)).toEqual([]);
    const told = problems(twoClusters, other).join("\n");
    expect(told).toMatch(/\[other-eu\/orders\] 'name' must be the name of one service in its namespace/);
    expect(told).toMatch(/\[other-platform\/shop\] 'username' must be a login of this connection alone/);
  });
});
