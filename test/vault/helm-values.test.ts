import fc from "fast-check";
import { parse } from "yaml";
import {
  helmValues,
  toYaml,
  vaultProblems,
  type HaVault,
  type InstalledVault,
  type Seal,
} from "../../lib/vault";
import { CA_PEM, DEV, EXTERNAL, HA, TRANSIT } from "../support/vault-literals";

/** The values as Helm reads them. */
function render(vault: InstalledVault, authPath = "kubernetes") {
  return parse(toYaml(helmValues(vault, authPath)), { version: "1.1" });
}

function configOf(vault: HaVault): string {
  return render(vault).server.ha.raft.config;
}

const POD_CONTEXT = {
  runAsNonRoot: true,
  runAsUser: 100,
  runAsGroup: 1000,
  fsGroup: 1000,
  seccompProfile: { type: "RuntimeDefault" },
};
const CONTAINER_CONTEXT = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** The injector of a cluster of servers: two replicas that no pod may start without. */
const INJECTOR = {
  replicas: 2,
  authPath: "auth/kubernetes",
  metrics: { enabled: true },
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  podDisruptionBudget: { maxUnavailable: 1 },
  webhook: {
    failurePolicy: "Fail",
    timeoutSeconds: 5,
    namespaceSelector: {
      matchExpressions: [
        {
          key: "kubernetes.io/metadata.name",
          operator: "NotIn",
          values: ["kube-system", "kube-public", "kube-node-lease", "vault"],
        },
      ],
    },
  },
  agentDefaults: { cpuRequest: "10m", cpuLimit: "250m", memRequest: "32Mi", memLimit: "64Mi" },
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
  securityContext: {
    pod: POD_CONTEXT,
    container: { ...CONTAINER_CONTEXT, readOnlyRootFilesystem: true },
  },
};

/** `toEqual` takes a key without a value for no key at all. */
const DEV_INJECTOR = {
  ...INJECTOR,
  replicas: 1,
  // Helm waits for what may not be unavailable: of one replica that is none, if one may.
  strategy: { type: "Recreate" },
  podDisruptionBudget: undefined,
  webhook: { ...INJECTOR.webhook, failurePolicy: "Ignore" },
};

const CA_FOR_AGENTS = { AGENT_INJECT_VAULT_CACERT_BYTES: CA_PEM };

const SHAMIR_CONFIG = `listener "tcp" {
  address = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file = "/vault/tls/tls.crt"
  tls_key_file = "/vault/tls/tls.key"
}

storage "raft" {
  path = "/vault/data"
  retry_join {
    leader_api_addr = "https://vault-0.vault-internal:8200"
    leader_ca_cert_file = "/vault/tls/ca.crt"
    leader_tls_servername = "vault.vault.svc"
  }
  retry_join {
    leader_api_addr = "https://vault-1.vault-internal:8200"
    leader_ca_cert_file = "/vault/tls/ca.crt"
    leader_tls_servername = "vault.vault.svc"
  }
  retry_join {
    leader_api_addr = "https://vault-2.vault-internal:8200"
    leader_ca_cert_file = "/vault/tls/ca.crt"
    leader_tls_servername = "vault.vault.svc"
  }
}

service_registration "kubernetes" {}

telemetry {
  prometheus_retention_time = "24h"
  disable_hostname = true
}
`;

const HA_SERVER = {
  logFormat: "json",
  resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi" } },
  service: { publishNotReadyAddresses: false },
  includeConfigAnnotation: true,
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { "app.kubernetes.io/name": "vault", component: "server" } },
    },
  ],
  extraEnvironmentVars: { VAULT_CACERT: "/vault/tls/ca.crt" },
  volumes: [{ name: "tls", secret: { secretName: "vault-server-tls", defaultMode: 0o440 } }],
  volumeMounts: [{ name: "tls", mountPath: "/vault/tls", readOnly: true }],
  dataStorage: { enabled: true, size: "10Gi" },
  auditStorage: { enabled: true, size: "10Gi" },
  persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
  statefulSet: { securityContext: { pod: POD_CONTEXT, container: CONTAINER_CONTEXT } },
  networkPolicy: {
    enabled: true,
    ingress: [
      { from: [{ namespaceSelector: {} }], ports: [{ port: 8200, protocol: "TCP" }] },
      {
        from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "vault", component: "server" } } }],
        ports: [
          { port: 8200, protocol: "TCP" },
          { port: 8201, protocol: "TCP" },
        ],
      },
    ],
  },
  ha: {
    enabled: true,
    replicas: 3,
    disruptionBudget: { maxUnavailable: 1 },
    raft: { enabled: true, setNodeId: true, config: SHAMIR_CONFIG },
  },
};

describe("the values with every default", () => {
  test("of a dev server", () => {
    expect(render(DEV)).toEqual({
      global: { tlsDisable: true },
      injector: DEV_INJECTOR,
      server: {
        dev: { enabled: true },
        service: { publishNotReadyAddresses: false },
        statefulSet: { securityContext: { pod: POD_CONTEXT, container: CONTAINER_CONTEXT } },
      },
    });
  });

  test("of a cluster of servers", () => {
    expect(render(HA)).toEqual({
      global: { tlsDisable: false },
      injector: { ...INJECTOR, extraEnvironmentVars: CA_FOR_AGENTS },
      server: HA_SERVER,
    });
  });

  test("of the injector for an external Vault", () => {
    expect(render(EXTERNAL)).toEqual({
      global: { externalVaultAddr: "https://vault.acme.internal:8200" },
      injector: INJECTOR,
    });
  });
});

describe("the injector", () => {
  test("takes every option", () => {
    const { injector } = render(
      {
        ...HA,
        namespace: "secrets",
        injector: {
          replicas: 3,
          failurePolicy: { kind: "ignore", reason: "nothing here needs a database" },
          excludedNamespaces: ["monitoring", "secrets"],
          timeoutSeconds: 10,
        },
      },
      "kubernetes/blue",
    );
    expect(injector).toEqual({
      ...INJECTOR,
      replicas: 3,
      authPath: "auth/kubernetes/blue",
      webhook: {
        failurePolicy: "Ignore",
        timeoutSeconds: 10,
        namespaceSelector: {
          matchExpressions: [
            {
              key: "kubernetes.io/metadata.name",
              operator: "NotIn",
              values: ["kube-system", "kube-public", "kube-node-lease", "secrets", "monitoring"],
            },
          ],
        },
      },
      extraEnvironmentVars: CA_FOR_AGENTS,
    });
  });

  test("of a dev server can be made as strict as that of a cluster", () => {
    const { injector } = render({ ...DEV, injector: { replicas: 2, failurePolicy: { kind: "fail" } } });
    expect(injector).toEqual(INJECTOR);
  });

  test("has no disruption budget with one replica, which would block the drain of its node", () => {
    const { injector } = render({ ...EXTERNAL, injector: { kind: "install", replicas: 1 } });
    expect(injector).toEqual({ ...DEV_INJECTOR, webhook: INJECTOR.webhook });
  });

  test("gives agents the CA of an external Vault, without the remarks between certificates", () => {
    const { injector } = render({
      ...EXTERNAL,
      transport: { kind: "tls", caCertificate: `subject=/CN={{ acme }}\n${CA_PEM}issuer=\n${CA_PEM.trim()}` },
    });
    expect(injector.extraEnvironmentVars).toEqual({
      AGENT_INJECT_VAULT_CACERT_BYTES: CA_PEM + CA_PEM,
    });
  });

  test("gives agents no CA where there is no TLS", () => {
    const transport = { kind: "plaintext", reason: "a service mesh encrypts it" } as const;
    const { injector } = render({ ...EXTERNAL, address: "http://vault.mesh:8200", transport });
    expect(injector).toEqual(INJECTOR);
  });
});

describe("the servers", () => {
  test("take every option", () => {
    const { server } = render({
      ...HA,
      namespace: "secrets",
      replicas: 5,
      dataStorage: { size: "20Gi", storageClass: "fast" },
      auditStorage: { size: "5Gi", storageClass: "slow" },
      resources: { cpuRequest: "2", memoryRequest: "1Gi", memoryLimit: "4Gi" },
      clientNamespaces: ["shop", "reports"],
      clientCidrs: ["10.20.0.0/16", "10.30.0.7/32"],
      serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/vault" },
    });
    expect({ ...server, ha: { ...server.ha, raft: undefined } }).toEqual({
      ...HA_SERVER,
      resources: { requests: { cpu: "2", memory: "1Gi" }, limits: { memory: "4Gi" } },
      serviceAccount: {
        annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/vault" },
      },
      dataStorage: { enabled: true, size: "20Gi", storageClass: "fast" },
      auditStorage: { enabled: true, size: "5Gi", storageClass: "slow" },
      networkPolicy: {
        enabled: true,
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } },
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "reports" } } },
              { ipBlock: { cidr: "10.20.0.0/16" } },
              { ipBlock: { cidr: "10.30.0.7/32" } },
            ],
            ports: [{ port: 8200, protocol: "TCP" }],
          },
          HA_SERVER.networkPolicy.ingress[1],
        ],
      },
      ha: { enabled: true, replicas: 5, disruptionBudget: { maxUnavailable: 1 }, raft: undefined },
    });
  });

  test("let addresses in beside every pod, where no namespace is named", () => {
    const [clients] = render({ ...HA, clientCidrs: ["10.20.0.0/16"] }).server.networkPolicy.ingress;
    expect(clients.from).toEqual([{ namespaceSelector: {} }, { ipBlock: { cidr: "10.20.0.0/16" } }]);
  });

  test("take their certificate from the files and by the name that are given", () => {
    const vault: HaVault = {
      ...HA,
      tls: {
        ...HA.tls,
        secretName: "acme.tls",
        serverName: "vault.acme.internal",
        certificateFile: "server.crt",
        keyFile: "server.key",
        caFile: "acme-ca.crt",
      },
    };
    expect(configOf(vault)).toBe(
      SHAMIR_CONFIG.replaceAll("vault.vault.svc", "vault.acme.internal")
        .replace("tls/tls.crt", "tls/server.crt")
        .replace("tls/tls.key", "tls/server.key")
        .replaceAll("tls/ca.crt", "tls/acme-ca.crt"),
    );
    const { server } = render(vault);
    expect(server.extraEnvironmentVars).toEqual({ VAULT_CACERT: "/vault/tls/acme-ca.crt" });
    expect(server.volumes[0].secret.secretName).toBe("acme.tls");
  });

  test("check each other by the name of the Service in their namespace", () => {
    expect(configOf({ ...HA, namespace: "secrets" })).toBe(
      SHAMIR_CONFIG.replaceAll("vault.vault.svc", "vault.secrets.svc"),
    );
  });

  test.each([3, 5, 7] as const)("know all %d of themselves", (replicas) => {
    const joined = [
      ...configOf({ ...HA, replicas }).matchAll(/"https:\/\/(vault-\d)\.vault-internal:8200"/g),
    ];
    expect(joined.map((match) => match[1])).toEqual(
      ["vault-0", "vault-1", "vault-2", "vault-3", "vault-4", "vault-5", "vault-6"].slice(0, replicas),
    );
  });

  test("make a root token for keys alone only when asked to, and say why", () => {
    const said = ({ server }: ReturnType<typeof render>) => server.statefulSet.annotations as unknown;
    const reason = "nobody but the leads reaches the port";
    const keys: HaVault = { ...HA, breakGlass: { kind: "generate-root", reason } };
    expect(configOf(keys)).toBe(`enable_unauthenticated_access = ["generate-root"]\n\n${SHAMIR_CONFIG}`);
    expect(said(render(keys))).toEqual({ "leasehold/break-glass": `generate-root: ${reason}` });
    const login: HaVault = { ...HA, breakGlass: { kind: "second-login", mount: "oidc-platform", reason } };
    expect(configOf(login)).toBe(SHAMIR_CONFIG);
    expect(said(render(login))).toEqual({
      "leasehold/break-glass": `a login at auth/oidc-platform: ${reason}`,
    });
    expect(said(render(HA))).toBeUndefined();
  });

  test("show metrics without a token only when asked to", () => {
    expect(configOf({ ...HA, metrics: { kind: "token" } })).toBe(SHAMIR_CONFIG);
    expect(configOf({ ...HA, metrics: { kind: "unauthenticated", reason: "scraped inside the mesh" } }))
      .toContain(`  tls_key_file = "/vault/tls/tls.key"
  telemetry {
    unauthenticated_metrics_access = true
  }
}`);
  });

  test("are labelled for Azure's webhook when they have an Azure identity", () => {
    const annotations = { "azure.workload.identity/client-id": "00000000-0000-0000-0000-000000000000" };
    expect(render({ ...HA, serviceAccountAnnotations: annotations }).server.extraLabels).toEqual({
      "azure.workload.identity/use": "true",
    });
  });
});

describe("the seal", () => {
  test.each<[Seal, string]>([
    [
      { kind: "awskms", region: "eu-west-1", kmsKeyId: "alias/vault" },
      'seal "awskms" {\n  region = "eu-west-1"\n  kms_key_id = "alias/vault"\n}\n',
    ],
    [
      {
        kind: "awskms",
        region: "eu-west-1",
        kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
        endpoint: "https://kms.acme.internal",
      },
      'seal "awskms" {\n  region = "eu-west-1"\n  kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1"\n  endpoint = "https://kms.acme.internal"\n}\n',
    ],
    [
      { kind: "gcpckms", project: "acme", region: "global", keyRing: "vault", cryptoKey: "unseal" },
      'seal "gcpckms" {\n  project = "acme"\n  region = "global"\n  key_ring = "vault"\n  crypto_key = "unseal"\n}\n',
    ],
    [
      { kind: "azurekeyvault", tenantId: "tenant", vaultName: "acme", keyName: "unseal" },
      'seal "azurekeyvault" {\n  tenant_id = "tenant"\n  vault_name = "acme"\n  key_name = "unseal"\n}\n',
    ],
    [
      TRANSIT,
      'seal "transit" {\n  address = "https://root.acme.internal:8200"\n  mount_path = "transit"\n  key_name = "unseal"\n  tls_ca_cert = "/etc/ssl/certs/ca-certificates.crt"\n}\n',
    ],
    [
      { ...TRANSIT, secret: { name: "vault-transit", caKey: "root-ca.crt" } },
      'seal "transit" {\n  address = "https://root.acme.internal:8200"\n  mount_path = "transit"\n  key_name = "unseal"\n  tls_ca_cert = "/vault/transit/root-ca.crt"\n}\n',
    ],
  ])("%j is the last stanza", (seal, text) => {
    expect(configOf({ ...HA, seal })).toBe(`${SHAMIR_CONFIG}\n${text}`);
  });

  test("of AWS fixes the region against the one that EKS sets in pods", () => {
    const seal: Seal = { kind: "awskms", region: "eu-west-1", kmsKeyId: "alias/vault" };
    expect(render({ ...HA, seal }).server.extraEnvironmentVars).toEqual({
      VAULT_CACERT: "/vault/tls/ca.crt",
      AWS_REGION: "eu-west-1",
    });
  });

  test("of transit takes its token from a Secret, and nothing else of it", () => {
    const { server } = render({ ...HA, seal: TRANSIT });
    expect(server.extraSecretEnvironmentVars).toEqual([
      { envName: "VAULT_TOKEN", secretName: "vault-transit", secretKey: "token" },
    ]);
    expect(server.volumes).toEqual(HA_SERVER.volumes);
  });

  test("of transit mounts the other Vault's CA alone", () => {
    const secret = { name: "vault-transit", tokenKey: "unseal-token", caKey: "root-ca.crt" };
    const { server } = render({ ...HA, seal: { ...TRANSIT, secret } });
    expect(server.extraSecretEnvironmentVars).toEqual([
      { envName: "VAULT_TOKEN", secretName: "vault-transit", secretKey: "unseal-token" },
    ]);
    expect(server.volumes).toEqual([
      ...HA_SERVER.volumes,
      {
        name: "transit",
        secret: {
          secretName: "vault-transit",
          defaultMode: 0o440,
          items: [{ key: "root-ca.crt", path: "root-ca.crt" }],
        },
      },
    ]);
    expect(server.volumeMounts).toEqual([
      ...HA_SERVER.volumeMounts,
      { name: "transit", mountPath: "/vault/transit", readOnly: true },
    ]);
  });
});

describe("the YAML", () => {
  test("keeps text as text where YAML 1.1 would read something else", () => {
    const words = ["on", "no", "y", "1e3", "0o14", "12:30", "2026-01-01", "1_000", "null"];
    for (const word of words) {
      const vault: HaVault = { ...HA, dataStorage: { storageClass: word } };
      expect(render(vault).server.dataStorage).toEqual({ enabled: true, size: "10Gi", storageClass: word });
      expect(toYaml(helmValues(vault, "kubernetes"))).toContain(`storageClass: "${word}"\n`);
    }
  });

  test("shows the configuration as a block and repeats instead of referring", () => {
    const yaml = toYaml(helmValues(HA, "kubernetes"));
    expect(yaml).toContain('      config: |\n        listener "tcp" {\n');
    expect(yaml).not.toMatch(/[&*]a\d/);
  });
});

describe("whatever an operator writes", () => {
  /** Text as it goes wrong: templates, quotes, replaced words, nothing at all, and things in good order. */
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "",
      " ",
      "ok",
      "a.b-c",
      "HOST_IP",
      "https://HOSTNAME.acme",
      "{{ .Values }}",
      "${path.module}",
      'a"b',
      "a\\",
      "a\nb",
      "10Gi",
      "https://vault.acme:8200",
      "eks.amazonaws.com/role-arn",
    ),
    fc
      .tuple(
        fc.constantFrom("a", "https://a/", "10"),
        fc.constantFrom("{{", "}}", "${", "%{", "HOST_IP", '"', "\n", "'", ""),
      )
      .map((parts) => parts.join("")),
  );

  const seal: fc.Arbitrary<Seal> = fc.oneof(
    fc.record(
      { kind: fc.constant("awskms" as const), region: text, kmsKeyId: text, endpoint: text },
      { requiredKeys: ["kind", "region", "kmsKeyId"] },
    ),
    fc.record({
      kind: fc.constant("gcpckms" as const),
      project: text,
      region: text,
      keyRing: text,
      cryptoKey: text,
    }),
    fc.record({
      kind: fc.constant("azurekeyvault" as const),
      tenantId: text,
      vaultName: text,
      keyName: text,
    }),
    fc.record({
      kind: fc.constant("transit" as const),
      address: text,
      mountPath: text,
      keyName: text,
      secret: fc.record({ name: text, tokenKey: text, caKey: text }, { requiredKeys: ["name"] }),
    }),
  );

  /** A cluster in good order in which one to three places hold such text. */
  const vaults: fc.Arbitrary<InstalledVault> = fc.oneof(
    text.map((value): InstalledVault => ({ ...DEV, namespace: value })),
    seal.map((value): InstalledVault => ({ ...HA, seal: value })),
    fc
      .record({ serverName: text, certificateFile: text, keyFile: text, caFile: text }, { requiredKeys: [] })
      .map((tls): InstalledVault => ({ ...HA, tls: { ...HA.tls, ...tls } })),
    text.map((secretName): InstalledVault => ({ ...HA, tls: { ...HA.tls, secretName } })),
    text.map((remark): InstalledVault => ({
      ...HA,
      tls: { ...HA.tls, caCertificate: `${remark}\n${CA_PEM}` },
    })),
    fc
      .record({ size: text, storageClass: text }, { requiredKeys: [] })
      .map((storage): InstalledVault => ({ ...HA, dataStorage: storage, auditStorage: storage })),
    fc
      .record({ cpuRequest: text, memoryRequest: text, memoryLimit: text }, { requiredKeys: [] })
      .map((resources): InstalledVault => ({ ...HA, resources })),
    fc
      .tuple(text, text)
      .map(([key, value]): InstalledVault => ({ ...HA, serviceAccountAnnotations: { [key]: value } })),
    text.map((name): InstalledVault => ({ ...HA, clientNamespaces: [name] })),
    text.map((cidr): InstalledVault => ({ ...HA, clientCidrs: [cidr, `${cidr}/16`] })),
    text.map((name): InstalledVault => ({ ...HA, injector: { excludedNamespaces: [name] } })),
    text.map((address): InstalledVault => ({ ...EXTERNAL, address })),
  );

  const REPLACED = /HOST_IP|POD_IP|HOSTNAME|API_ADDR|TRANSIT_ADDR|RAFT_ADDR/;

  /** All keys and values, with the keys. */
  function leaves(value: unknown): unknown[] {
    if (typeof value !== "object" || value === null) return [value];
    return Object.entries(value).flatMap(([key, inner]) => [key, ...leaves(inner)]);
  }

  let accepted = 0;
  let refused = 0;

  test("is refused, or leaves nothing for the chart to misread", () => {
    fc.assert(
      fc.property(vaults, (vault) => {
        if (vaultProblems(vault).length > 0) {
          refused += 1;
          return;
        }
        accepted += 1;
        const values = leaves(render(vault));
        expect(values.filter((value) => value === "" || value === null || value === undefined)).toEqual([]);
        const texts = values.filter((value) => typeof value === "string");
        expect(texts.filter((value) => /\{\{|\}\}|\$\{|%\{/.test(value) || REPLACED.test(value))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    // Fails if the generator only ever makes one sort, and the property above says nothing.
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
