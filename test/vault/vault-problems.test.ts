import { formatProblem } from "../../lib/core";
import {
  installsAnything,
  vaultAddress,
  vaultCaCertificate,
  installedNamespace,
  vaultProblems,
  type ExternalVault,
  type HaVault,
  type Seal,
  type Vault,
} from "../../lib/vault";
import { CA_PEM, DEV, EXTERNAL, HA, TRANSIT } from "../support/vault-literals";

/** The problems as an operator reads them, without the path. */
function messages(vault: Vault): string[] {
  return vaultProblems(vault).map((problem) => formatProblem({ ...problem, path: "" }).slice("[] ".length));
}

const withSeal = (seal: Seal): HaVault => ({ ...HA, seal });

const EXISTING: ExternalVault = { ...EXTERNAL, injector: { kind: "existing" } };

const PLAIN =
  "must be letters, digits and . _ : / @ + = -, starting with a letter or digit, without a secret or a word that the chart replaces (HOST_IP, POD_IP, HOSTNAME, API_ADDR, TRANSIT_ADDR, RAFT_ADDR)";
const PLAIN_FIX = "give the plain name, identifier or address";
const LABEL =
  "must be 1 to 63 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen";
const OBJECT =
  "must be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots";
const OBJECT_FIX = "write the object's name, as kubectl shows it";
const FILE =
  "must be a key of a Kubernetes Secret: letters, digits, '.', '_' and '-', starting with a letter or digit";
const FILE_FIX = 'write it like "tls.crt"';
const cidrProblem = (index: number, must: string, got: string) =>
  `'clientCidrs[${index}]' must ${must}, got "${got}"; write it like "10.20.0.0/16", or "10.20.0.7/32" for one address`;
const QUANTITY = "must be a Kubernetes quantity of more than nothing: a whole number and a unit";
const QUANTITY_FIX = 'write it like "250m", "256Mi" or "10Gi"';
const REASON =
  'must say in at least ten characters why the unsafe choice is right here, got "because"; write the reason down, or take the safe choice';
const url = (schemes: string, example: string) =>
  `must be a URL with ${schemes}, without credentials, query, fragment or a slash at the end, got ${example}; write it like "${schemes.split(" ")[0]}://vault.acme.internal:8200"`;

describe("a Vault in order has no problems", () => {
  test.each<[string, Vault]>([
    ["dev", { ...DEV, namespace: "vault", injector: { replicas: 1 } }],
    ["ha", HA],
    ["an external one", EXTERNAL],
    ["an external one with an injector that is there", EXISTING],
    [
      "an external one without TLS",
      {
        ...EXTERNAL,
        address: "http://vault.mesh:8200",
        transport: { kind: "plaintext", reason: "a service mesh encrypts it" },
      },
    ],
    [
      "awskms",
      withSeal({
        kind: "awskms",
        region: "eu-west-1",
        kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/12ab",
        endpoint: "https://vpce-1.kms.eu-west-1.vpce.amazonaws.com",
      }),
    ],
    [
      "awskms with its endpoint left open",
      withSeal({ kind: "awskms", region: "eu-west-1", kmsKeyId: "alias/vault", endpoint: undefined }),
    ],
    [
      "gcpckms",
      withSeal({
        kind: "gcpckms",
        project: "acme.com:prod",
        region: "global",
        keyRing: "vault",
        cryptoKey: "unseal",
      }),
    ],
    [
      "azurekeyvault",
      withSeal({
        kind: "azurekeyvault",
        tenantId: "00000000-0000-0000-0000-000000000000",
        vaultName: "acme",
        keyName: "unseal",
      }),
    ],
    [
      "transit",
      withSeal({ ...TRANSIT, secret: { name: "vault-transit", tokenKey: "token", caKey: "ca.crt" } }),
    ],
    ["a mirror of the chart", { ...HA, chartRepository: "oci://registry.acme.internal/charts" }],
    [
      "an identity in Google's cloud",
      {
        ...HA,
        serviceAccountAnnotations: { "iam.gke.io/gcp-service-account": "vault@acme.iam.gserviceaccount.com" },
      },
    ],
    [
      "fractions and whole CPUs",
      { ...HA, resources: { cpuRequest: "1500m", memoryRequest: "1Gi", memoryLimit: "4Gi" } },
    ],
  ])("%s", (_, vault) => {
    expect(messages(vault)).toEqual([]);
  });
});

describe("what is refused, and how", () => {
  test.each<[Vault, string[]]>([
    [{ ...DEV, namespace: "Vault" }, [`'namespace' ${LABEL}, got "Vault"; rename it`]],
    [
      { ...DEV, injector: { replicas: 0, timeoutSeconds: 31 } },
      [
        "'injector.replicas' must be a whole number from 1 to 9, got 0; choose one from 1 to 9",
        "'injector.timeoutSeconds' must be a whole number from 1 to 30, got 31; choose one from 1 to 30",
      ],
    ],
    [
      { ...HA, chartRepository: "http://charts.acme" },
      [`'chartRepository' ${url("https or oci", '"http://charts.acme"')}`],
    ],
    [
      { ...HA, chartRepository: "https://charts.acme/{{" },
      [`'chartRepository' ${url("https or oci", '"https://charts.acme/{{"')}`],
    ],
    [
      {
        ...HA,
        tls: {
          secretName: "Vault",
          caCertificate: "none",
          serverName: "https://vault",
          certificateFile: "a/b",
          keyFile: "",
          caFile: ".ca",
        },
      },
      [
        `'tls.secretName' ${OBJECT}, got "Vault"; ${OBJECT_FIX}`,
        `'tls.caCertificate' must be one or more PEM certificates, and nothing else, got "none"; paste the CA's certificate, from BEGIN CERTIFICATE to END CERTIFICATE`,
        `'tls.serverName' must be a host name or an IP address, without scheme, port or path, got "https://vault"; write it like "pg.acme.internal"`,
        `'tls.certificateFile' ${FILE}, got "a/b"; ${FILE_FIX}`,
        `'tls.keyFile' ${FILE}, got ""; ${FILE_FIX}`,
        `'tls.caFile' ${FILE}, got ".ca"; ${FILE_FIX}`,
      ],
    ],
    [
      { ...HA, tls: { ...HA.tls, serverName: "HOSTNAME" } },
      [`'tls.serverName' ${PLAIN}, got "HOSTNAME"; ${PLAIN_FIX}`],
    ],
    [{ ...HA, tls: { ...HA.tls, caFile: "POD_IP" } }, [`'tls.caFile' ${PLAIN}, got "POD_IP"; ${PLAIN_FIX}`]],
    [
      {
        ...HA,
        dataStorage: { size: "10 GB", storageClass: "" },
        auditStorage: { size: "0Gi", storageClass: "Fast" },
      },
      [
        `'dataStorage.size' ${QUANTITY}, got "10 GB"; ${QUANTITY_FIX}`,
        `'dataStorage.storageClass' ${OBJECT}, got ""; ${OBJECT_FIX}`,
        `'auditStorage.size' ${QUANTITY}, got "0Gi"; ${QUANTITY_FIX}`,
        `'auditStorage.storageClass' ${OBJECT}, got "Fast"; ${OBJECT_FIX}`,
      ],
    ],
    [
      { ...HA, resources: { cpuRequest: "", memoryRequest: "-1Gi", memoryLimit: "lots" } },
      [
        `'resources.cpuRequest' ${QUANTITY}, got ""; ${QUANTITY_FIX}`,
        `'resources.memoryRequest' ${QUANTITY}, got "-1Gi"; ${QUANTITY_FIX}`,
        `'resources.memoryLimit' ${QUANTITY}, got "lots"; ${QUANTITY_FIX}`,
      ],
    ],
    [{ ...HA, clientNamespaces: ["shop", "*"] }, [`'clientNamespaces[1]' ${LABEL}, got "*"; rename it`]],
    [
      { ...HA, clientCidrs: ["10.20.0.0/16", "0.0.0.0/0", "10.20.0.7", "2001:db8::/129", "pipeline"] },
      ["0.0.0.0/0", "10.20.0.7", "2001:db8::/129", "pipeline"].map((got, index) =>
        cidrProblem(
          index + 1,
          "be a range of addresses with its length, and not all of them (/0), which would let every pod in",
          got,
        ),
      ),
    ],
    // What the API server of Kubernetes 1.36 refuses.
    [
      { ...HA, clientCidrs: ["10.20.0.7/16", "2001:db8::7/32", "::ffff:10.20.0.0/112", "10.20.0.7/32"] },
      [
        cidrProblem(
          0,
          "start with the first address of its range, 10.20.0.0/16, as Kubernetes demands",
          "10.20.0.7/16",
        ),
        cidrProblem(
          1,
          "start with the first address of its range, 2001:db8::/32, as Kubernetes demands",
          "2001:db8::7/32",
        ),
        cidrProblem(
          2,
          "be a range of IPv4 addresses in IPv4's own form, which Kubernetes demands",
          "::ffff:10.20.0.0/112",
        ),
      ],
    ],
    [{ ...HA, metrics: { kind: "unauthenticated", reason: "because" } }, [`'metrics.reason' ${REASON}`]],
    [
      { ...HA, serviceAccountAnnotations: { on: "{{ .Values }}" } },
      [
        `'serviceAccountAnnotations' must have keys with a prefix, as cloud identities do, got "on"; write it like "eks.amazonaws.com/role-arn"`,
        `'serviceAccountAnnotations["on"]' ${PLAIN}, got "{{ .Values }}"; ${PLAIN_FIX}`,
      ],
    ],
    [
      {
        ...HA,
        injector: { failurePolicy: { kind: "ignore", reason: "because" }, excludedNamespaces: ["a", "b.c"] },
      },
      [
        `'injector.failurePolicy.reason' ${REASON}`,
        `'injector.excludedNamespaces[1]' ${LABEL}, got "b.c"; rename it`,
      ],
    ],
    [
      withSeal({ kind: "awskms", region: "", kmsKeyId: 'key" }', endpoint: "kms.acme" }),
      [
        `'seal.region' ${PLAIN}, got ""; ${PLAIN_FIX}`,
        `'seal.kmsKeyId' ${PLAIN}, got "key\\" }"; ${PLAIN_FIX}`,
        `'seal.endpoint' ${url("https", '"kms.acme"')}`,
      ],
    ],
    [
      withSeal({ kind: "gcpckms", project: "a b", region: "-", keyRing: "POD_IP", cryptoKey: "${x}" }),
      [
        `'seal.project' ${PLAIN}, got "a b"; ${PLAIN_FIX}`,
        `'seal.region' ${PLAIN}, got "-"; ${PLAIN_FIX}`,
        `'seal.keyRing' ${PLAIN}, got "POD_IP"; ${PLAIN_FIX}`,
        `'seal.cryptoKey' ${PLAIN}, got "\${x}"; ${PLAIN_FIX}`,
      ],
    ],
    [
      withSeal({
        kind: "azurekeyvault",
        tenantId: "\n",
        vaultName: "%{x}",
        keyName: "hvs.CAESIJlsdfhjkqwer",
      }),
      [
        `'seal.tenantId' ${PLAIN}, got "\\n"; ${PLAIN_FIX}`,
        `'seal.vaultName' ${PLAIN}, got "%{x}"; ${PLAIN_FIX}`,
        `'seal.keyName' ${PLAIN}, got a value that looks like a secret (withheld); ${PLAIN_FIX}`,
      ],
    ],
    [
      withSeal({
        ...TRANSIT,
        address: "http://root.acme",
        mountPath: "/transit/",
        keyName: "",
        secret: { name: "", tokenKey: "", caKey: "../ca" },
      }),
      [
        `'seal.address' ${url("https", '"http://root.acme"')}`,
        `'seal.mountPath' must be a Vault path: letters, digits, '_', '-' and '.', segments parted by '/', no slash at either end, got "/transit/"; write it like "database" or "kubernetes/production"`,
        `'seal.keyName' ${PLAIN}, got ""; ${PLAIN_FIX}`,
        `'seal.secret.name' ${OBJECT}, got ""; ${OBJECT_FIX}`,
        `'seal.secret.tokenKey' ${FILE}, got ""; ${FILE_FIX}`,
        `'seal.secret.caKey' ${FILE}, got "../ca"; ${FILE_FIX}`,
      ],
    ],
    [
      withSeal({ ...TRANSIT, address: "https://TRANSIT_ADDR:8200", mountPath: "RAFT_ADDR" }),
      [
        `'seal.address' ${PLAIN}, got "https://TRANSIT_ADDR:8200"; ${PLAIN_FIX}`,
        `'seal.mountPath' ${PLAIN}, got "RAFT_ADDR"; ${PLAIN_FIX}`,
      ],
    ],
    [{ ...EXISTING, address: "http://vault.acme" }, [`'address' ${url("https", '"http://vault.acme"')}`]],
    [
      { ...EXISTING, address: "https://vault.acme/'x" },
      [`'address' ${PLAIN}, got "https://vault.acme/'x"; ${PLAIN_FIX}`],
    ],
    [
      { ...EXISTING, transport: { kind: "plaintext", reason: "because" } },
      [`'address' ${url("http", '"https://vault.acme.internal:8200"')}`, `'transport.reason' ${REASON}`],
    ],
    [
      { ...EXISTING, transport: { kind: "tls", caCertificate: "-----BEGIN RSA PRIVATE KEY-----" } },
      [
        "'transport.caCertificate' must be one or more PEM certificates, and nothing else, got a value that looks like a secret (withheld); paste the CA's certificate, from BEGIN CERTIFICATE to END CERTIFICATE",
      ],
    ],
    [
      {
        ...EXTERNAL,
        injector: { kind: "install", namespace: "-", replicas: 1.5, chartRepository: "charts" },
      },
      [
        `'injector.namespace' ${LABEL}, got "-"; rename it`,
        `'injector.chartRepository' ${url("https or oci", '"charts"')}`,
        "'injector.replicas' must be a whole number from 1 to 9, got 1.5; choose one from 1 to 9",
      ],
    ],
  ])("%#", (vault, expected) => {
    expect(messages(vault)).toEqual(expected);
  });

  test("all problems at once", () => {
    const vault: HaVault = {
      ...HA,
      namespace: "V",
      tls: { ...HA.tls, secretName: "" },
      clientNamespaces: [""],
      clientCidrs: ["::/0"],
    };
    expect(vaultProblems(vault).map(({ property }) => property)).toEqual([
      "namespace",
      "tls.secretName",
      "clientNamespaces[0]",
      "clientCidrs[0]",
    ]);
  });
});

describe("what the rest of an environment needs to know of its Vault", () => {
  test.each<[string, Vault, object]>([
    ["dev", DEV, { installs: true, namespace: "vault", address: "http://vault.vault.svc:8200" }],
    [
      "dev elsewhere",
      { ...DEV, namespace: "secrets" },
      { installs: true, namespace: "secrets", address: "http://vault.secrets.svc:8200" },
    ],
    [
      "ha",
      HA,
      { installs: true, namespace: "vault", address: "https://vault-active.vault.svc:8200", ca: CA_PEM },
    ],
    [
      "ha elsewhere",
      { ...HA, namespace: "secrets" },
      { installs: true, namespace: "secrets", address: "https://vault-active.secrets.svc:8200", ca: CA_PEM },
    ],
    [
      "external",
      EXTERNAL,
      { installs: true, namespace: "vault", address: "https://vault.acme.internal:8200" },
    ],
    [
      "external with an injector elsewhere and a private CA",
      {
        ...EXTERNAL,
        transport: { kind: "tls", caCertificate: CA_PEM },
        injector: { kind: "install", namespace: "injector" },
      },
      { installs: true, namespace: "injector", address: "https://vault.acme.internal:8200", ca: CA_PEM },
    ],
    [
      "external without TLS",
      {
        ...EXISTING,
        address: "http://vault.mesh",
        transport: { kind: "plaintext", reason: "a service mesh encrypts it" },
      },
      { installs: false, address: "http://vault.mesh" },
    ],
    [
      "external with everything there",
      EXISTING,
      { installs: false, address: "https://vault.acme.internal:8200" },
    ],
  ])("%s", (_, vault, expected) => {
    expect({
      installs: installsAnything(vault),
      namespace: installedNamespace(vault),
      address: vaultAddress(vault),
      ca: vaultCaCertificate(vault),
    }).toEqual({ namespace: undefined, ca: undefined, ...expected });
  });
});
