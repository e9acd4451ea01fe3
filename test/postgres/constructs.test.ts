import { rootCertificates } from "node:tls";
import { App, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import type { Protection } from "../../lib/core";
import { VaultProvider } from "../../lib/core/terraform";
import {
  connectionProblems,
  DynamicRole,
  PostgresConnection,
  SecretsEngine,
  type DynamicRoleProps,
  type PostgresConnectionProps,
  type SecretsEngineProps,
} from "../../lib/postgres";

const PROTECTED: Protection = { kind: "protected" };
const [CA = ""] = rootCertificates;
const DISPOSABLE: Protection = { kind: "disposable", reason: "a cluster on one laptop" };

/** The rendered JSON of a stack with the constructs in it. */
function synth(define: (stack: TerraformStack) => void) {
  const stack = new TerraformStack(new App(), "platform");
  new VaultProvider(stack, "Vault", {});
  define(stack);
  return JSON.parse(Testing.synth(stack, true));
}

/** The one resource of a type. */
function only(json: { resource: Record<string, object> }, type: string) {
  const resources = Object.values(json.resource[type] ?? {});
  expect(resources).toHaveLength(1);
  return resources[0];
}

const engineProps: SecretsEngineProps = {
  path: "database",
  defaultLeaseTtl: "1h",
  maxLeaseTtl: "24h",
  protection: PROTECTED,
};
const newEngine = (scope: Construct, props: Partial<SecretsEngineProps> = {}) =>
  new SecretsEngine(scope, "SecretsEngine", { ...engineProps, ...props });

describe("SecretsEngine", () => {
  it("mounts the engine with its own TTLs and clear user names in the audit log", () => {
    expect(
      only(
        synth((stack) => newEngine(stack)),
        "vault_mount",
      ),
    ).toEqual({
      path: "database",
      type: "database",
      description: "Short-lived PostgreSQL credentials",
      default_lease_ttl_seconds: 3600,
      max_lease_ttl_seconds: 86_400,
      audit_non_hmac_response_keys: ["username"],
      lifecycle: { prevent_destroy: true },
    });
  });

  it("takes a description and may be disposable", () => {
    const json = synth((stack) => newEngine(stack, { description: "of ${team}", protection: DISPOSABLE }));
    expect(only(json, "vault_mount")).toMatchObject({
      description: "of $${team}",
      lifecycle: { prevent_destroy: false },
    });
  });

  it("keeps its identity, which holds every lease", () => {
    const json = synth((stack) => newEngine(stack));
    expect(Object.keys(json.resource.vault_mount)).toEqual(["SecretsEngine_35F0C909"]);
  });

  it("fails with all that is wrong, before anything is defined", () => {
    const stack = new TerraformStack(new App(), "platform");
    const props: SecretsEngineProps = {
      path: "/database",
      defaultLeaseTtl: "48h",
      maxLeaseTtl: "24h",
      protection: { kind: "disposable", reason: "" },
    };
    expect(() => new SecretsEngine(stack, "SecretsEngine", props)).toThrow(
      [
        "the configuration has 3 problems:",
        `  [platform/SecretsEngine] 'path' must be a Vault path: letters, digits, '_', '-' and '.', segments parted by '/', no slash at either end, got "/database"; write it like "database" or "kubernetes/production"`,
        `  [platform/SecretsEngine] 'defaultLeaseTtl' must be at most 'maxLeaseTtl' ("24h"), got "48h"; shorten it, or lengthen the other`,
        `  [platform/SecretsEngine] 'protection.reason' must say in at least ten characters why the unsafe choice is right here, got ""; write the reason down, or take the safe choice`,
      ].join("\n"),
    );
    expect(stack.node.children).toEqual([]);
  });
});

const connectionProps: Omit<PostgresConnectionProps, "engine"> = {
  name: "shop-eu",
  host: "pg.acme.internal",
  database: "shop",
  tls: { mode: "verify-full" },
  allowedRoles: ["orders-shop-eu", "billing-shop-eu"],
  protection: PROTECTED,
};
const synthConnection = (props: Partial<PostgresConnectionProps> = {}) =>
  synth((stack) => {
    new PostgresConnection(stack, "shop-eu", { ...connectionProps, ...props, engine: newEngine(stack) });
  });

describe("PostgresConnection", () => {
  it("connects by a login whose password is nowhere in the configuration", () => {
    expect(only(synthConnection(), "vault_database_secret_backend_connection")).toEqual({
      backend: "${vault_mount.SecretsEngine_35F0C909.path}",
      name: "shop-eu",
      allowed_roles: ["orders-shop-eu", "billing-shop-eu"],
      verify_connection: true,
      postgresql: {
        connection_url:
          "postgresql://{{username}}:{{password}}@pg.acme.internal:5432/shop?sslmode=verify-full",
        username: "vault_admin",
        username_template:
          '{{ printf "v-%s-%s-%s" (.RoleName | truncate 29) (random 20) (unix_time) | truncate 63 }}',
        password_wo: "${var.shop_eu_password}",
        password_wo_version: 1,
        password_authentication: "scram-sha-256",
        max_open_connections: 4,
      },
      lifecycle: { prevent_destroy: true },
    });
  });

  it("takes the first password from an ephemeral variable, which later applies may leave empty", () => {
    expect(synthConnection().variable).toEqual({
      shop_eu_password: {
        type: "string",
        description:
          "First password of Vault's login to shop-eu; needed when the connection is created or replaced",
        default: "",
        sensitive: true,
        ephemeral: true,
      },
    });
  });

  it("rotates the password once after creation and after each replacement, and not at an edit", () => {
    const json = synthConnection();
    const [connection] = Object.keys(json.resource.vault_database_secret_backend_connection);
    expect(only(json, "vault_generic_endpoint")).toEqual({
      path: "${vault_mount.SecretsEngine_35F0C909.path}/rotate-root/shop-eu",
      data_json: '{"rev":"1"}',
      disable_read: true,
      disable_delete: true,
      depends_on: [`vault_database_secret_backend_connection.${connection}`],
      lifecycle: { replace_triggered_by: [`vault_database_secret_backend_connection.${connection}.id`] },
    });
  });

  it("takes every setting", () => {
    const json = synthConnection({
      port: 6432,
      username: "vault_${shop}",
      tls: { mode: "require", reason: "the network is encrypted" },
      allowedRoles: [],
      maxOpenConnections: 2,
      passwordVersion: 3,
      rotation: 7,
      protection: DISPOSABLE,
    });
    expect(only(json, "vault_database_secret_backend_connection")).toMatchObject({
      allowed_roles: [],
      postgresql: {
        connection_url: "postgresql://{{username}}:{{password}}@pg.acme.internal:6432/shop?sslmode=require",
        username: "vault_$${shop}",
        password_wo_version: 3,
        max_open_connections: 2,
      },
      lifecycle: { prevent_destroy: false },
    });
    expect(only(json, "vault_generic_endpoint")).toMatchObject({ data_json: '{"rev":"7"}' });
  });

  it.each([
    [{ host: "10.0.0.7" }, "postgresql://{{username}}:{{password}}@10.0.0.7:5432/shop?sslmode=disable"],
    [{ host: "fd00::7" }, "postgresql://{{username}}:{{password}}@[fd00::7]:5432/shop?sslmode=disable"],
    [
      { database: "shop/${eu} 1?x=#ü" },
      "postgresql://{{username}}:{{password}}@pg.acme.internal:5432/shop%2F%24%7Beu%7D%201%3Fx%3D%23%C3%BC?sslmode=disable",
    ],
  ])("writes %j into its URL", (props, connection_url) => {
    const tls = { mode: "disable", reason: "it is a socket of this host" } as const;
    expect(
      only(synthConnection({ ...props, tls }), "vault_database_secret_backend_connection"),
    ).toMatchObject({
      postgresql: { connection_url },
    });
  });

  it("sends the CA with verify-full, for with other modes it would verify nothing", () => {
    const tls = { mode: "verify-full", caCertificate: CA } as const;
    expect(only(synthConnection({ tls }), "vault_database_secret_backend_connection")).toMatchObject({
      postgresql: { tls_ca: CA },
    });
    expect(Object.keys(synthConnection().variable)).toEqual(["shop_eu_password"]);
  });

  it("keeps its identity, without which no lease is revoked", () => {
    expect(Object.keys(synthConnection().resource.vault_database_secret_backend_connection)).toEqual([
      "shop-eu_9EAD89C1",
    ]);
  });

  it("fails with all that is wrong", () => {
    const problems = connectionProblems({
      name: "Shop",
      host: "https://pg",
      port: 0,
      database: "",
      username: "{{username}}",
      tls: { mode: "require", reason: "" },
      allowedRoles: ["orders-shop", "*", "orders-*"],
      maxOpenConnections: 0,
      passwordVersion: 0,
      rotation: 0.5,
    });
    expect(problems.map(({ property }) => property)).toEqual([
      "name",
      "host",
      "port",
      "database",
      "username",
      "tls.reason",
      "allowedRoles[1]",
      "allowedRoles[2]",
      "maxOpenConnections",
      "passwordVersion",
      "rotation",
    ]);
    expect(problems[6]).toEqual({
      property: "allowedRoles[1]",
      must: "be the whole name of one role: 1 to 63 letters, digits, '_', '-' and '.', without '*'",
      got: "*",
      fix: 'write it like "orders-shop"',
    });
    expect(() => synthConnection({ port: 70_000, protection: { kind: "disposable", reason: "" } })).toThrow(
      [
        "the configuration has 2 problems:",
        `  [platform/shop-eu] 'port' must be a whole number from 1 to 65535, got 70000; choose one from 1 to 65535`,
        `  [platform/shop-eu] 'protection.reason' must say in at least ten characters why the unsafe choice is right here, got ""; write the reason down, or take the safe choice`,
      ].join("\n"),
    );
  });

  it.each([
    [
      { mode: "verify-full", caCertificate: "none" },
      "tls.caCertificate",
      "be one or more PEM certificates, and nothing else",
    ],
    [{ mode: "disable" }, "tls.reason", "say in at least ten characters why the unsafe choice is right here"],
  ])("fails if its TLS is %j", (tls, property, must) => {
    const props = { ...connectionProps, tls } as Omit<PostgresConnectionProps, "engine">;
    expect(connectionProblems(props)).toEqual([expect.objectContaining({ property, must })]);
  });
});

const roleProps: DynamicRoleProps = {
  mountPath: "database",
  connectionName: "shop",
  name: "orders-shop",
  schema: "public",
  grants: [{ tables: ["orders"], privileges: ["SELECT"] }],
  ttl: { default: "1h", max: "24h" },
};
const synthRole = (props: Partial<DynamicRoleProps> = {}) =>
  only(
    synth((stack) => new DynamicRole(stack, "Role", { ...roleProps, ...props })),
    "vault_database_secret_backend_role",
  );

describe("DynamicRole", () => {
  it("issues members of the group role, 20 sessions each", () => {
    expect(synthRole()).toEqual({
      backend: "database",
      db_name: "shop",
      name: "orders-shop",
      default_ttl: 3600,
      max_ttl: 86_400,
      creation_statements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 20 IN ROLE "orders-shop";`,
      ],
      revocation_statements: [
        expect.stringMatching(/^DO [^]*ALTER ROLE "{{name}}" NOLOGIN;[^]* END \$leasehold\$$/),
        "COMMIT; BEGIN;",
        expect.stringMatching(/^DO [^]*SET LOCAL ROLE pg_signal_backend;[^]* END \$leasehold\$$/),
        'DROP ROLE IF EXISTS "{{name}}";',
      ],
    });
  });

  it("takes another limit and the strategy direct, and escapes what Terraform would fill in", () => {
    expect(
      synthRole({
        strategy: "direct",
        connectionLimit: 3,
        schema: "${s}",
        grants: [{ tables: ["%{t}"], privileges: ["SELECT"] }],
      }),
    ).toMatchObject({
      creation_statements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' CONNECTION LIMIT 3;`,
        `GRANT USAGE ON SCHEMA "$\${s}" TO "{{name}}";`,
        `GRANT SELECT ON TABLE "$\${s}"."%%{t}" TO "{{name}}";`,
      ],
    });
  });

  it("says where its credentials are read", () => {
    const role = new DynamicRole(new TerraformStack(new App(), "services"), "Role", roleProps);
    expect([role.name, role.credsPath]).toEqual(["orders-shop", "database/creds/orders-shop"]);
  });

  it("fails with all that is wrong", () => {
    const wrong = {
      mountPath: "database/",
      connectionName: "Shop",
      name: "orders/shop",
      schema: "",
      grants: [],
      ttl: { default: "1h", max: "30m" },
      connectionLimit: -1,
    } as unknown as DynamicRoleProps;
    expect(() => synthRole(wrong)).toThrow(
      [
        "the configuration has 7 problems:",
        `  [platform/Role] 'mountPath' must be a Vault path: letters, digits, '_', '-' and '.', segments parted by '/', no slash at either end, got "database/"; write it like "database" or "kubernetes/production"`,
        `  [platform/Role] 'connectionName' must be 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen, got "Shop"; rename it`,
        `  [platform/Role] 'name' must be the whole name of one role: 1 to 63 letters, digits, '_', '-' and '.', without '*', got "orders/shop"; write it like "orders-shop"`,
        `  [platform/Role] 'schema' must be a PostgreSQL identifier of 1 to 63 bytes without control characters, '{{' or '}}', got ""; shorten or rename it`,
        `  [platform/Role] 'grants' must have at least one grant, got []; add the grants that the service needs`,
        `  [platform/Role] 'ttl.default' must be at most 'ttl.max' ("30m"), got "1h"; shorten it, or lengthen the other`,
        `  [platform/Role] 'connectionLimit' must be a whole number from 1 to 1000, got -1; choose one from 1 to 1000`,
      ].join("\n"),
    );
  });

  it("fails with all that has another shape, before it looks at what is said", () => {
    const wrong = {
      ...roleProps,
      mountPath: "database/",
      strategy: "tutorial",
      grants: [{ tables: ["orders"], column: ["id"], privileges: ["SELECT"] }, "SELECT"],
    } as unknown as DynamicRoleProps;
    expect(() => synthRole(wrong)).toThrow(
      [
        "the configuration has 3 problems:",
        `  [platform/Role] 'grants[0].column' must be left out, it is not known: the keys here are tables, privileges, schema, literalNames, columns, allTablesOwnedBy, sequences, functions, database, reason, got a list of 1; write 'columns', or take it out`,
        `  [platform/Role] 'grants[1]' must be an object, got a string; write an object`,
        `  [platform/Role] 'strategy' must be one of "group", "direct", got "tutorial"; choose one of these`,
      ].join("\n"),
    );
  });
});
