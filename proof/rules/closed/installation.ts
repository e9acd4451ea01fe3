import {
  asObject,
  asObjects,
  asText,
  helmValue,
  isObject,
  isUnknown,
  known,
  type AccessGraph,
  type HelmRelease,
  type Value,
  type ValueObject,
} from "../../access";
import type { Limits } from "../context";
import type { Rule, Violation } from "../rule";
import { releaseNamespace, vaultReleases } from "../vault/releases";
import { listed, part, show } from "../words";

type Wrong = Omit<Violation, "at">;

export const installation: Rule = {
  id: "proof/installation",
  severity: "error",
  title: "values of Vault's chart that do not fit together",
  why: "The servers find each other, their certificates and their key by what stands in several places of the values; where these differ they stay sealed or apart, and every agent waits for them. (vault-helm 0.34.1; Vault, raft storage)",
  example: {
    language: "hcl",
    text: `resource "helm_release" "vault" {
  name      = "vault"
  namespace = "vault"
  chart     = "vault"
  version   = "0.34.1"
  values    = [<<-YAML
    server:
      extraEnvironmentVars: { VAULT_CACERT: /vault/tls/ca.crt }
      volumes: [{ name: tls, secret: { secretName: vault-tls } }]
      volumeMounts: [{ name: certificates, mountPath: /vault/tls }]
      ha: { replicas: 3 }
  YAML
  ]
  lifecycle {
    prevent_destroy = true
  }
}`,
  },
  *check(graph, { limits }) {
    for (const release of vaultReleases(graph)) {
      for (const wrong of [...injectorOf(release, graph), ...serversOf(release, limits)])
        yield { at: release.origin, ...wrong };
    }
  },
};

/** Whose own pods must start without Vault: those of the cluster, and Vault's. */
const NEVER_INJECTED = ["kube-system", "kube-public", "kube-node-lease"];

function* injectorOf(release: HelmRelease, { authMethods }: AccessGraph): Iterable<Wrong> {
  const authPath = helmValue(release, "injector.authPath");
  const paths = authMethods.map(({ path }) => path);
  const isThere = paths.some((path) => isUnknown(path) || `auth/${String(path)}` === authPath);
  if (authPath !== undefined && paths.length > 0 && !isThere) {
    yield {
      message: `agents log in at ${show(authPath as string)}, and the auth methods are at ${listed(paths.map((path) => `auth/${part(path)}`))}`,
      fix: "write the path of the auth method in injector.authPath",
    };
  }
  const expressions = asObjects(helmValue(release, "injector.webhook.namespaceSelector.matchExpressions"));
  if (expressions.length === 0) return;
  const leftOut = new Set(
    expressions.flatMap(({ values }) => (Array.isArray(values) ? (values as Value[]) : [])),
  );
  const missing = [...NEVER_INJECTED, known(releaseNamespace(release)) ?? "vault"].filter(
    (each) => !leftOut.has(each),
  );
  if (missing.length === 0) return;
  yield {
    message: `the webhook is asked about pods in ${listed(missing.map(show))}, which have to start before it can answer`,
    fix: "name them in injector.webhook.namespaceSelector",
  };
}

function* serversOf(release: HelmRelease, limits: Limits): Iterable<Wrong> {
  if (!isObject(helmValue(release, "server.ha"))) return;
  if (limits.protection === "protected" && !release.preventDestroy) {
    yield {
      message: "an apply could destroy the servers, and every lease with them",
      fix: "set prevent_destroy in lifecycle",
    };
  }
  yield* volumesOf(release);
  const config = release.serverConfig;
  if (config === undefined) return;
  yield* filesOf(release, config);
  yield* joinsOf(release, config);
  yield* sealOf(release, asObject(config.seal));
  yield* wayBackOf(release, config, limits);
}

/** How somebody becomes an administrator again who has lost every login: it is said, and the configuration does it. */
function* wayBackOf(release: HelmRelease, config: ValueObject, limits: Limits): Iterable<Wrong> {
  const annotations = asObject(helmValue(release, "server.statefulSet.annotations"));
  const said = asText(annotations["leasehold/break-glass"]);
  if (typeof said !== "string") {
    if (limits.vault === "any") return;
    return yield {
      message:
        "nothing says how somebody becomes an administrator again who has lost every login: the unseal keys alone make no root token any more",
      fix: "write vault.breakGlass: a second login, or the reason for generate-root",
    };
  }
  const isOpen = config.enable_unauthenticated_access !== undefined;
  if (said.startsWith("generate-root: ") === isOpen) return;
  yield {
    message: `leasehold/break-glass is ${show(said)}, and the servers ask ${isOpen ? "nobody" : "everybody"} for a token at generate-root`,
    fix: "say the same in both",
  };
}

function* volumesOf(release: HelmRelease): Iterable<Wrong> {
  const volumes = asObjects(helmValue(release, "server.volumes")).map(({ name }) => asText(name));
  const mounts = asObjects(helmValue(release, "server.volumeMounts")).map(({ name }) => asText(name));
  const apart = [
    ...volumes.filter((name) => !mounts.includes(name)),
    ...mounts.filter((name) => !volumes.includes(name)),
  ];
  if (apart.length === 0) return;
  yield {
    message: `the servers have the volumes ${listed(volumes.map(show))} and mount ${listed(mounts.map(show))}`,
    fix: "mount each volume by its name",
  };
}

/** Files that the servers read stand in something that is mounted, and all mean one CA. */
function* filesOf(release: HelmRelease, config: ValueObject): Iterable<Wrong> {
  const directories = asObjects(helmValue(release, "server.volumeMounts")).map(({ mountPath }) =>
    String(mountPath),
  );
  const listener = asObject(asObject(config.listener).tcp);
  const ca = asText(helmValue(release, "server.extraEnvironmentVars.VAULT_CACERT"));
  const files = {
    tls_cert_file: listener.tls_cert_file,
    tls_key_file: listener.tls_key_file,
    VAULT_CACERT: ca,
  };
  for (const [key, file] of Object.entries(files)) {
    if (typeof file !== "string" || directories.some((each) => file.startsWith(`${each}/`))) continue;
    yield {
      message: `${key} is ${show(file)}, and the servers mount ${listed(directories.map(show))}`,
      fix: "name a file of a volume that is mounted",
    };
  }
  const others = joins(config).filter((each) => each.leader_ca_cert_file !== ca);
  if (others.length === 0) return;
  yield {
    message: `VAULT_CACERT is ${show(ca)}, and ${listed(others.map(nameOf))} ${others.length === 1 ? "is" : "are"} joined by ${show(asText(others[0]?.leader_ca_cert_file))}`,
    fix: "write one CA in all of them",
  };
}

/** Each server is joined once, by one name of the certificate. */
function* joinsOf(release: HelmRelease, config: ValueObject): Iterable<Wrong> {
  const replicas = Number(helmValue(release, "server.ha.replicas"));
  const expected = Array.from(
    { length: replicas },
    (_, index) => `https://vault-${index}.vault-internal:8200`,
  );
  const found = joins(config).map(nameOf).sort();
  if (found.join() !== [...expected].sort().join()) {
    yield {
      message: `server.ha.replicas is ${replicas}, and the servers join ${listed(found)}`,
      fix: `write one retry_join for each of ${listed(expected)}`,
    };
  }
  const names = new Set(joins(config).map(({ leader_tls_servername: name }) => String(name)));
  if (names.size < 2) return;
  yield {
    message: `the servers check one certificate by several names: ${listed([...names].map(show))}`,
    fix: "write one leader_tls_servername that the certificate has",
  };
}

function joins(config: ValueObject): readonly ValueObject[] {
  return asObjects(asObject(asObject(config.storage).raft).retry_join);
}

function nameOf(join: ValueObject): string {
  return part(asText(join.leader_api_addr));
}

/** What a seal needs beside its own stanza. */
function* sealOf(release: HelmRelease, seal: ValueObject): Iterable<Wrong> {
  const region = asText(helmValue(release, "server.extraEnvironmentVars.AWS_REGION"));
  const own = "awskms" in seal ? asText(asObject(seal.awskms).region) : undefined;
  if (region !== own) {
    yield {
      message: `the key of the seal is in ${show(own)}, and AWS_REGION is ${show(region)}`,
      fix: "write one region in both",
    };
  }
  const tokens = asObjects(helmValue(release, "server.extraSecretEnvironmentVars"));
  if ("transit" in seal === tokens.some(({ envName }) => envName === "VAULT_TOKEN")) return;
  yield {
    message: "a seal of the kind transit needs VAULT_TOKEN, and no other one does",
    fix: "give the token of the other Vault in extraSecretEnvironmentVars, or take it away",
  };
}
