import { formatProblems } from "../../lib/core";
import type { DatabaseEndpoint, Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import type { DatabaseAccess } from "../../lib/service";
import { production } from "../../template/project/stacks/production";
import { environmentWith, synthesizeAside } from "../support/environment";
import { RenderedEnvironments } from "../support/rules-mutations";
import { twoClusters, twoClustersWith } from "../support/two-clusters";

const replica: DatabaseEndpoint = {
  name: "reading",
  kind: "replica",
  host: "pg-ro.acme.internal",
  port: 5433,
};
const databases = production.databases.map((each) => ({ ...each, endpoints: [replica] }));

/** `analytics` alone, with an access of its own. */
function reading(access: Partial<DatabaseAccess> = {}): Environment {
  const services = production.services
    .filter(({ name }) => name === "analytics")
    .map((service) => ({
      ...service,
      access: service.access.map((each) => ({ ...each, endpoint: "reading", ...access }) as DatabaseAccess),
    }));
  return environmentWith({ databases, services });
}

function problems(environment: Environment): string {
  return formatProblems(configurationProblems([environment])).join("\n");
}

test("pods go where the endpoint leads, and Vault to the server; the contract says both", async () => {
  const { findings, json } = await synthesizeAside([reading({ credentials: { format: "url" } })]);
  expect(findings).toEqual([]);
  const text = JSON.stringify(json("production"));
  const contract = Object.values(json("production").resource?.["kubernetes_config_map_v1"] ?? {})[0] as {
    data: Record<string, string>;
  };
  expect(JSON.parse(contract.data["contract.json"] ?? "")).toMatchObject({
    databases: {
      shop: {
        host: "pg-ro.acme.internal",
        port: 5433,
        endpoint: { name: "reading", kind: "replica", of: { host: "pg.acme.internal", port: 5432 } },
      },
    },
  });
  expect(text).toContain("@pg-ro.acme.internal:5433/shop");
  expect(text).toContain('"LEASEHOLD_SHOP_HOST","value":"pg-ro.acme.internal"');
  const platform = JSON.stringify(json("production-platform"));
  expect(platform).toContain("pg.acme.internal");
  expect(platform).not.toContain("pg-ro.acme.internal");
}, 600_000);

test("an environment whose databases have endpoints that nobody chooses is rendered as without", async () => {
  const [plain, with_] = await Promise.all([
    synthesizeAside([environmentWith({})]),
    synthesizeAside([environmentWith({ databases })]),
  ]);
  for (const stack of ["production", "production-platform"])
    expect(with_.json(stack)).toEqual(plain.json(stack));
}, 600_000);

test.each<[string, (text: string) => string]>([
  [
    "leads to another server than Vault's",
    (text) => text.replaceAll('\\"host\\": \\"pg.acme.internal\\"', '\\"host\\": \\"pg.other.internal\\"'),
  ],
  [
    "is of a kind that there is not",
    (text) => text.replaceAll('\\"kind\\": \\"replica\\"', '\\"kind\\": \\"mirror\\"'),
  ],
  [
    "is not that of the variables",
    (text) =>
      text.replaceAll('\\"host\\": \\"pg-ro.acme.internal\\"', '\\"host\\": \\"pg-rw.acme.internal\\"'),
  ],
])(
  "a contract whose endpoint %s is found",
  async (_, spoil) => {
    const environment = reading();
    const { findings } = await new RenderedEnvironments([environment]).findingsAfter(environment, (spoilt) =>
      spoilt.change("production", (json) => {
        const text = JSON.stringify(json);
        const other = spoil(text);
        expect(other).not.toBe(text);
        return JSON.parse(other) as object;
      }),
    );
    expect(findings.map(({ rule }) => rule)).toContain("proof/contract");
  },
  600_000,
);

test("each cluster may have a way of its own", async () => {
  const endpoints = [{ ...replica, hostIn: { us: "pg-ro.us.acme.internal" } }];
  const services = twoClusters.services.map((service) =>
    service.name === "analytics"
      ? {
          ...service,
          clusters: ["eu", "us"],
          access: service.access.map((each) => ({ ...each, endpoint: "reading" })),
        }
      : service,
  );
  const environment = twoClustersWith({
    services,
    databases: twoClusters.databases.map((each) => ({ ...each, endpoints })),
  });
  const { findings, json } = await synthesizeAside([environment]);
  expect(findings).toEqual([]);
  expect(JSON.stringify(json("production-eu"))).toContain("pg-ro.acme.internal");
  expect(JSON.stringify(json("production-us"))).toContain("pg-ro.us.acme.internal");
  expect(JSON.stringify(json("production-us"))).not.toContain("pg-ro.acme.internal");
}, 600_000);

test.each<[string, Environment, RegExp]>([
  [
    "one that there is not",
    reading({ endpoint: "writing" }),
    /'access\[0\].endpoint' must be one of the database's endpoints \(reading\), got "writing"/,
  ],
  [
    "a replica for what writes",
    reading({ grants: [{ tables: ["orders"], privileges: ["SELECT", "INSERT"] }] }),
    /'access\[0\].endpoint' must be the server itself for what writes: a replica only reads, got "reading, with INSERT"/,
  ],
  [
    "two of one name",
    environmentWith({ databases: databases.map((each) => ({ ...each, endpoints: [replica, replica] })) }),
    /'endpoints' must have different names, got "reading"/,
  ],
  [
    "a host that is none",
    environmentWith({
      databases: databases.map((each) => ({ ...each, endpoints: [{ ...replica, host: "pg ro" }] })),
    }),
    /'databases\[0\].endpoints\[0\].host'/,
  ],
])("%s is refused", (_, environment, expected) => {
  expect(problems(environment)).toMatch(expected);
});

describe("several servers, of which one takes writes", () => {
  const failing = production.databases.map((each) => ({
    ...each,
    failover: [{ host: "pg-2.acme.internal" }, { host: "2001:db8::7", port: 5433 }],
    endpoints: [{ name: "leader", kind: "primary" as const, host: "pg-leader.acme.internal" }],
  }));
  const byName = production.services.map((service) => ({
    ...service,
    access: service.access.map((each) => ({ ...each, endpoint: "leader" })),
  }));

  test("Vault asks one after the other, and pods go by a name", async () => {
    const { findings, json } = await synthesizeAside([
      environmentWith({ databases: failing, services: byName }),
    ]);
    expect(findings).toEqual([]);
    expect(JSON.stringify(json("production-platform"))).toContain(
      "@pg.acme.internal:5432,pg-2.acme.internal:5432,[2001:db8::7]:5433/shop?sslmode=verify-full&target_session_attrs=read-write",
    );
    expect(JSON.stringify(json("production"))).not.toContain("pg-2.acme.internal");
  }, 600_000);

  test.each<[string, (text: string) => string]>([
    ["asks a standby too", (text) => text.replace("&target_session_attrs=read-write", "")],
    ["asks for a standby", (text) => text.replace("attrs=read-write", "attrs=read-only")],
    ["begins with another server", (text) => text.replace("@pg.acme", "@pg-3.acme")],
  ])(
    "a connection that %s is found",
    async (_, spoil) => {
      const environment = environmentWith({ databases: failing, services: byName });
      const { findings } = await new RenderedEnvironments([environment]).findingsAfter(
        environment,
        (spoilt) =>
          spoilt.change("production-platform", (json) => JSON.parse(spoil(JSON.stringify(json))) as object),
      );
      expect(findings.filter(({ severity }) => severity === "error")).not.toEqual([]);
    },
    600_000,
  );

  test("a service without a name to go by is refused, and a server that is named twice", () => {
    expect(problems(environmentWith({ databases: failing }))).toMatch(
      /\[production\/orders\] 'access\[0\].endpoint' must name one where the database fails over.*write one of leader/,
    );
    const twice = failing.map((each) => ({ ...each, failover: [{ host: "PG.acme.internal" }] }));
    expect(problems(environmentWith({ databases: twice, services: byName }))).toMatch(
      /'failover' must name each server once, and none that 'host' is, got "pg.acme.internal:5432"/,
    );
  });

  test("two environments on one of its servers take each other's roles", () => {
    const other: Environment = {
      ...environmentWith({ services: byName }),
      name: "other",
      databases: failing.map((each) => ({ ...each, host: "pg-2.acme.internal", failover: [] })),
    };
    const both = [environmentWith({ databases: failing, services: byName }), other];
    expect(formatProblems(configurationProblems(both)).join("\n")).toMatch(
      /\[production-platform\/shop\] 'username' must be a login of this connection alone/,
    );
  });
});

test("a host in a cluster that there is not is refused", () => {
  const endpoints = [{ ...replica, hostIn: { ap: "pg-ro.ap.acme.internal" } }];
  const environment = twoClustersWith({
    databases: twoClusters.databases.map((each) => ({ ...each, endpoints })),
  });
  expect(formatProblems(configurationProblems([environment])).join("\n")).toMatch(
    /'databases\[0\].endpoints\[0\].hostIn' must name clusters of the environment \(eu, us\), got "ap"/,
  );
});
