import { amount } from "@leasehold/proof/core";
import {
  authPathProblems,
  certificateProblems,
  hostProblems,
  labelProblems,
  namespacePathProblems,
  reasonProblems,
  urlProblems,
  within,
  type Problem,
} from "../core";
import type { BreakGlass, HaVault, ServerResources, Storage, VaultTls } from "./ha-vault";
import { injectorProblems } from "./injector";
import type { Installation } from "./installation";
import { sealProblems } from "./seal";
import {
  cidrProblems,
  fileNameProblems,
  firstOf,
  objectNameProblems,
  plainTextProblems,
  quantityProblems,
} from "./text";
import type { ExternalVault, Vault } from "./vault";

/** Everything that is wrong with a Vault, found without building anything. */
export function vaultProblems(vault: Vault): Problem[] {
  switch (vault.mode) {
    case "dev":
      return [...installationProblems(vault), ...within("injector", injectorProblems(vault.injector ?? {}))];
    case "ha":
      return haProblems(vault);
    case "external":
      return externalProblems(vault);
  }
}

function installationProblems({ namespace, chartRepository }: Installation): Problem[] {
  return [
    ...optional(namespace, (value) => labelProblems("namespace", value)),
    ...optional(chartRepository, (value) =>
      firstOf(
        urlProblems("chartRepository", value, ["https", "oci"]),
        plainTextProblems("chartRepository", value),
      ),
    ),
  ];
}

function haProblems(vault: HaVault): Problem[] {
  const { clientNamespaces = [], clientCidrs = [], metrics, serviceAccountAnnotations = {} } = vault;
  return [
    ...installationProblems(vault),
    ...within("tls", tlsProblems(vault.tls)),
    ...within("seal", sealProblems(vault.seal)),
    ...within("dataStorage", storageProblems(vault.dataStorage ?? {})),
    ...within("auditStorage", storageProblems(vault.auditStorage ?? {})),
    ...within("resources", resourcesProblems(vault.resources ?? {})),
    ...(vault.clientNamespaces?.length === 0 ? [nobody(vault.clientNamespaces)] : []),
    ...clientNamespaces.flatMap((name, index) => labelProblems(`clientNamespaces[${index}]`, name)),
    ...clientCidrs.flatMap((cidr, index) => cidrProblems(`clientCidrs[${index}]`, cidr)),
    ...(metrics?.kind === "unauthenticated" ? reasonProblems("metrics.reason", metrics.reason) : []),
    ...annotationProblems("serviceAccountAnnotations", serviceAccountAnnotations),
    ...optional(vault.breakGlass, (value) => within("breakGlass", breakGlassProblems(value))),
    ...within("injector", injectorProblems(vault.injector ?? {})),
  ];
}

function breakGlassProblems(breakGlass: BreakGlass): Problem[] {
  return [
    ...(breakGlass.kind === "second-login" ? authPathProblems("mount", breakGlass.mount) : []),
    ...reasonProblems("reason", breakGlass.reason),
  ];
}

function tlsProblems(tls: VaultTls): Problem[] {
  return [
    ...objectNameProblems("secretName", tls.secretName),
    ...certificateProblems("caCertificate", tls.caCertificate),
    ...optional(tls.serverName, (value) =>
      firstOf(hostProblems("serverName", value), plainTextProblems("serverName", value)),
    ),
    ...(["certificateFile", "keyFile", "caFile"] as const).flatMap((property) =>
      optional(tls[property], (value) => fileNameProblems(property, value)),
    ),
  ];
}

function storageProblems({ size, storageClass }: Storage): Problem[] {
  return [
    ...optional(size, (value) => quantityProblems("size", value)),
    ...optional(storageClass, (value) => objectNameProblems("storageClass", value)),
  ];
}

/** Kubernetes reads an empty list of sources as all of them. */
function nobody(clientNamespaces: readonly string[]): Problem {
  return {
    property: "clientNamespaces",
    must: "name at least one namespace: a network policy without a source is open to all of them",
    got: clientNamespaces,
    fix: "name the services' namespaces, or leave it out for all",
  };
}

function resourcesProblems(resources: ServerResources): Problem[] {
  const { memoryRequest = "256Mi", memoryLimit = "1Gi" } = resources;
  const wrong = (["cpuRequest", "memoryRequest", "memoryLimit"] as const).flatMap((property) =>
    optional(resources[property], (value) => quantityProblems(property, value)),
  );
  if (wrong.length > 0 || amount(memoryRequest) <= amount(memoryLimit)) return wrong;
  return [
    {
      property: "memoryRequest",
      must: `be at most 'memoryLimit' (${JSON.stringify(memoryLimit)}): Kubernetes refuses the pod otherwise`,
      got: memoryRequest,
      fix: "lower it, or raise 'memoryLimit'",
    },
  ];
}

function annotationProblems(property: string, annotations: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(annotations).flatMap(([key, value]) => [
    ...annotationKeyProblems(property, key),
    ...plainTextProblems(`${property}["${key}"]`, value),
  ]);
}

function annotationKeyProblems(property: string, key: string): Problem[] {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(key)) return [];
  return [
    {
      property,
      must: "have keys with a prefix, as cloud identities do",
      got: key,
      fix: 'write it like "eks.amazonaws.com/role-arn"',
    },
  ];
}

function externalProblems(vault: ExternalVault): Problem[] {
  const { address, namespace, transport = { kind: "tls" }, injector } = vault;
  return [
    ...addressProblems(address, transport.kind),
    ...optional(namespace, (value) => namespacePathProblems("namespace", value)),
    ...within(
      "transport",
      transport.kind === "tls"
        ? optional(transport.caCertificate, (pem) => certificateProblems("caCertificate", pem))
        : reasonProblems("reason", transport.reason),
    ),
    ...(injector.kind === "install"
      ? within("injector", [...installationProblems(injector), ...injectorProblems(injector)])
      : []),
  ];
}

function addressProblems(address: string, transport: "tls" | "plaintext"): Problem[] {
  return firstOf(
    urlProblems("address", address, [transport === "tls" ? "https" : "http"]),
    plainTextProblems("address", address),
  );
}

function optional<T>(value: T | undefined, check: (value: T) => Problem[]): Problem[] {
  return value === undefined ? [] : check(value);
}
