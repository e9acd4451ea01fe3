import { isUnknown, known, type Chain, type Container, type Known, type Workload } from "../../access";
import { canonicalHost, readDatabaseUrl } from "../../core";
import { MANIFEST_HEAD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import type { Contract, DatabaseContract } from "./contract-shape";
import { CONTRACT_FILE, contractFinder, mountOf, parsedContract, type MountedContract } from "./contracts";
import { chainFinder } from "./resources";
import { shapes } from "./understood";
import { differences } from "./not-understood";

export const contract: Rule = {
  id: "proof/contract",
  severity: "error",
  title: "contract that is not that of the chain",
  why: "The application takes host, database, TLS, file, format and times from its contract: what differs from the way that its credentials are made leads it elsewhere, or makes it keep connections whose user is gone.",
  example: {
    language: "yaml",
    text: `apiVersion: v1
kind: ConfigMap
metadata: { name: orders-contract, namespace: shop }
data:
  contract.json: |
    { "version": 1, "service": "orders", "drainSeconds": 45, "databases": { "shop": {
      "credentialsFile": "/vault/secrets/other.json", "format": "json", "host": "pg", "port": 5432,
      "database": "shop", "schema": "public", "sslMode": "verify-full", "sslRootCert": null,
      "poolMax": 10, "poolMaxLifetimeSeconds": 324, "overlapSeconds": 360 } } }
---
${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-file-shop: shop.json
    spec:
      volumes: [{ name: contract, configMap: { name: orders-contract } }]
      containers: [{ name: orders }]`,
  },
  *check(graph) {
    for (const { origin: at, data } of graph.configMaps) {
      if (!(CONTRACT_FILE in data)) continue;
      for (const { path, what } of differences(shapes().contractShape, parsedContract(data[CONTRACT_FILE])))
        yield { at, message: `${[CONTRACT_FILE, ...path].join(".")} ${what}`, fix: FIX };
    }
    const contractsOf = contractFinder(graph);
    const chainsOf = chainFinder(graph);
    for (const workload of graph.workloads) {
      const chains = chainsOf(workload);
      for (const mounted of contractsOf(workload)) {
        const wrong = [
          ...fileProblems(mounted, workload, chains),
          ...chains.flatMap((chain) => [...chainProblems(mounted, chain)]),
          ...[...workload.pod.containers, ...workload.pod.initContainers].flatMap((container) => [
            ...variableProblems(mounted, container, workload),
          ]),
          ...serviceProblems(mounted, workload),
        ];
        for (const message of wrong) yield { at: workload.origin, message, fix: FIX };
      }
    }
  },
};

const FIX = "write what the chain has: both come from one declaration";

function* serviceProblems({ contract }: MountedContract, { pod }: Workload): Iterable<string> {
  const label = known(pod.labels["leasehold/service"]);
  if (label !== undefined && label !== contract.service)
    yield `the contract is of ${show(contract.service)}, and the pods are labelled ${show(label)}`;
}

/** Every file that the agent writes is in the contract, and every other way round. */
function* fileProblems(
  { contract }: MountedContract,
  { pod }: Workload,
  chains: readonly Chain[],
): Iterable<string> {
  if (pod.injection?.requested !== true) return;
  const told = Object.values(contract.databases).map(({ credentialsFile }) => credentialsFile);
  const written = chains.map(({ use }) => known(use.file));
  for (const file of told)
    if (!written.includes(file))
      yield `the contract names ${show(file)}, and the agent writes ${those(written)}`;
  for (const file of written)
    if (file !== undefined && !told.includes(file))
      yield `the agent writes ${show(file)}, and the contract names ${those(told)}`;
}

function those(files: readonly (string | undefined)[]): string {
  return files.length === 0 ? "no file" : listed([...new Set(files)].map(show));
}

/** Where the credentials come from is where the application goes. */
function* chainProblems(mounted: MountedContract, { use, connection }: Chain): Iterable<string> {
  const database = Object.values(mounted.contract.databases).find(
    ({ credentialsFile }) => credentialsFile === known(use.file),
  );
  if (database === undefined || connection === undefined) return;
  const { overlapSeconds, poolMaxLifetimeSeconds, endpoint } = database;
  if (endpoint?.kind === "pgdog" || endpoint?.kind === "rds-proxy")
    yield `the contract leads to ${show(endpoint.name)}, of the kind ${endpoint.kind}, which lets in no user that Vault creates`;
  if (poolMaxLifetimeSeconds >= overlapSeconds)
    yield `a pool keeps connections for ${poolMaxLifetimeSeconds} s, and the old user lives ${overlapSeconds} s`;
  for (const [what, told, real] of addresses(database, known(connection.url)))
    if (told !== real) yield `the contract says ${what} ${show(told)}, and Vault's connection ${show(real)}`;
  const { caCertificate } = connection;
  if (isUnknown(caCertificate)) return;
  const { sslRootCert } = database;
  const key = sslRootCert?.split("/").at(-1) ?? "";
  const given = sslRootCert === null ? undefined : mounted.configMap.data[key];
  if ((caCertificate ?? "") !== (given ?? ""))
    yield `the CA at ${show(sslRootCert ?? undefined)} is not the one by which Vault checks the server`;
}

/** What is compared, what the contract says of it, and what the connection's URL says. */
function addresses(
  { endpoint, database, sslMode, ...own }: DatabaseContract,
  url: string | undefined,
): (readonly [string, string | undefined, string | undefined])[] {
  if (url === undefined) return [];
  // Where another way leads nobody sees here; that it is one to this server is what its contract says.
  const { host, port } = endpoint?.of ?? own;
  const real = readDatabaseUrl(url);
  // Behind an endpoint stands the first of several; without one there is one.
  const servers = endpoint === undefined ? real.servers : real.servers.slice(0, 1);
  const all = (key: "host" | "port") => [...new Set(servers.map((each) => each[key]))].join(",");
  return [
    ["host", canonicalHost(host), all("host")],
    ["port", String(port), all("port")],
    ["database", database, real.database],
    ["sslmode", sslMode, real.sslMode],
  ];
}

/** The variables say what the document says. */
function* variableProblems(
  mounted: MountedContract,
  container: Container,
  { pod }: Workload,
): Iterable<string> {
  const own = container.env.filter(({ name }) => known(name)?.startsWith("LEASEHOLD_") === true);
  const directory = mountOf(container, mounted.volume);
  if (directory === undefined) {
    if (own.length > 0) yield `${show(container.name)} is told of a contract that it does not mount`;
    return;
  }
  const found = new Map(own.map(({ name, value }) => [String(known(name)), value]));
  // Pods on a static credential take it from variables of their own, or from a file, and go by no document.
  const isStatic = known(pod.labels["leasehold/credentials"]) === "static";
  if (isStatic && found.size === 0) return;
  const goesByFile = isStatic && !found.has("LEASEHOLD_CONTRACT");
  for (const [name, expected] of variables(mounted.contract, directory)) {
    if (goesByFile && name === "LEASEHOLD_CONTRACT") continue;
    if (goesByFile && name.endsWith("_CREDENTIALS_FILE")) {
      yield* staticFileProblems(name, found.get(name), container);
      continue;
    }
    const value = found.get(name);
    if (value !== expected) yield `${name} is ${show(value)}, and the contract makes it ${show(expected)}`;
  }
  const expected = new Set(variables(mounted.contract, directory).map(([name]) => name));
  const more = [...found.keys()].filter((name) => !expected.has(name));
  if (more.length > 0) yield `${listed(more)} ${more.length === 1 ? "is" : "are"} not of the contract`;
  const twice = own.length - found.size;
  if (twice > 0) yield `${twice === 1 ? "a variable" : "variables"} of the contract stand twice`;
  for (const { sslRootCert } of Object.values(mounted.contract.databases))
    if (sslRootCert !== null && !sslRootCert.startsWith(`${directory}/`))
      yield `the CA is at ${show(sslRootCert)}, and the contract is mounted at ${show(directory)}`;
}

/** A static file is one of a Secret that the container mounts. */
function* staticFileProblems(
  name: string,
  value: Known<string>,
  { volumeMounts }: Container,
): Iterable<string> {
  const file = known(value);
  if (file === undefined || !volumeMounts.some(({ path }) => file.startsWith(`${String(known(path))}/`)))
    yield `${name} is ${show(value)}, and nothing is mounted there`;
}

function variables({ drainSeconds, databases }: Contract, directory: string): (readonly [string, string])[] {
  return [
    ["LEASEHOLD_CONTRACT", `${directory}/${CONTRACT_FILE}`],
    ["LEASEHOLD_DRAIN", String(drainSeconds)],
    ...Object.entries(databases).flatMap(([name, database]) => databaseVariables(name, database)),
  ];
}

function databaseVariables(name: string, database: DatabaseContract): (readonly [string, string])[] {
  const prefix = `LEASEHOLD_${name.toUpperCase().replaceAll("-", "_")}`;
  const { sslRootCert } = database;
  return [
    [`${prefix}_CREDENTIALS_FILE`, database.credentialsFile],
    [`${prefix}_FORMAT`, database.format],
    [`${prefix}_HOST`, database.host],
    [`${prefix}_PORT`, String(database.port)],
    [`${prefix}_DATABASE`, database.database],
    [`${prefix}_SCHEMA`, database.schema],
    [`${prefix}_SSL_MODE`, database.sslMode],
    ...(sslRootCert === null ? [] : ([[`${prefix}_SSL_ROOT_CERT`, sslRootCert]] as const)),
    [`${prefix}_POOL_MAX`, String(database.poolMax)],
    [`${prefix}_POOL_MAX_LIFETIME`, String(database.poolMaxLifetimeSeconds)],
    [`${prefix}_OVERLAP`, String(database.overlapSeconds)],
  ];
}
