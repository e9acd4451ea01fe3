import { databaseVariable, isHarmlessAnnotation } from "@leasehold/proof/core";
import { imageProblems, integerProblems, labelProblems, repeated, within, type Problem } from "../../core";
import { staticCredentials, type Migration } from "../declaration/migration";
import type { PodOptions, PodVolume, Sidecar, VariableSource } from "../declaration/pod";
import { containerUser, runsToCompletion, type OwnWorkload } from "../declaration/workload";
import { mapProblems } from "./labels";
import { mountPathProblems, nestedPathProblems } from "./mount-paths";
import { objectNameProblems } from "./object-names";
import { probesProblems } from "./probes";
import { STORAGE, quantityProblems } from "./quantities";
import { containerNameProblems, volumeNameProblems } from "./reserved-names";
import { resourcesProblems, userProblems } from "./container";
import { variableNameProblems } from "./variables";

/** Secrets that hold a database's password, which nothing but the migration refers to. */
type Withheld = ReadonlySet<string>;

/** The Secrets that a migration names. */
export function databaseSecrets(migration: Migration | undefined): Withheld {
  if (migration === undefined) return new Set();
  const retired = migration.stage === "complete" ? (migration.retired ?? []) : [];
  return new Set([...staticCredentials(migration), ...retired].map(({ secret }) => secret));
}

/** What is wrong with the variables of a container. */
export function environmentProblems(
  property: string,
  env: Readonly<Record<string, string | VariableSource>>,
  withheld: Withheld,
): Problem[] {
  return Object.entries(env).flatMap(([name, value]) => [
    ...variableNameProblems(property, name),
    ...(typeof value === "string" ? [] : sourceProblems(`${property}.${name}`, name, value, withheld)),
  ]);
}

function sourceProblems(
  property: string,
  variable: string,
  source: VariableSource,
  withheld: Withheld,
): Problem[] {
  const [kind, name] =
    "secret" in source ? (["secret", source.secret] as const) : (["configMap", source.configMap] as const);
  const isKey = /^[-._a-zA-Z0-9]{1,253}$/.test(source.key);
  const must = "be no database's password: it never changes, and the credentials file has one that does";
  const fix =
    "take it out: the application reads the credentials file, whose path LEASEHOLD_<DATABASE>_CREDENTIALS_FILE says";
  return [
    ...objectNameProblems(`${property}.${kind}`, name),
    ...(isKey
      ? []
      : [
          {
            property: `${property}.key`,
            must: "be a key: letters, digits, '-', '_' and '.'",
            got: source.key,
            fix: "write the key, as kubectl describe shows it",
          },
        ]),
    ...(databaseVariable(variable) === undefined ? [] : [{ property, must, got: variable, fix }]),
    ...(kind === "secret" && withheld.has(name) ? [{ property, must, got: name, fix }] : []),
  ];
}

/** What is wrong with where pods run, and with what they have beside the application. */
export function podProblems(workload: OwnWorkload, service: string, withheld: Withheld): Problem[] {
  const { pod = {} } = workload;
  return within("pod", [
    ...mapProblems("labels", pod.labels ?? {}, labelKeyProblem),
    ...annotationProblems(pod.annotations ?? {}),
    ...mapProblems("nodeSelector", pod.nodeSelector ?? {}),
    ...(pod.tolerations ?? []).flatMap(({ key, value }, index) => [
      ...mapProblems(`tolerations[${index}]`, { [key]: value ?? "" }),
    ]),
    ...(pod.priorityClassName === undefined
      ? []
      : objectNameProblems("priorityClassName", pod.priorityClassName)),
    ...(pod.spread === undefined || workload.kind === "deployment" || workload.kind === "stateful-set"
      ? []
      : [
          {
            property: "spread",
            must: "be left out for a workload without replicas",
            got: pod.spread,
            fix: "take it out",
          },
        ]),
    ...volumesProblems(workload, withheld),
    ...containersProblems(workload, pod, service, withheld),
  ]);
}

/** Labels by which something finds pods. */
function labelKeyProblem(key: string): string | undefined {
  if (key === "app.kubernetes.io/name") return "to the selector of the workload";
  if (key.startsWith("leasehold/")) return "to leasehold";
  return /^([\w-]+\.)*(kubernetes|k8s)\.io\//.test(key) && !key.startsWith("app.kubernetes.io/")
    ? "to Kubernetes"
    : undefined;
}

function annotationProblems(annotations: Readonly<Record<string, string>>): Problem[] {
  return Object.keys(annotations)
    .filter((key) => !isHarmlessAnnotation(key) || !/^[\w.-]{1,253}\/[\w.-]{1,63}$/.test(key))
    .map((key) => ({
      property: "annotations",
      must: "have keys of a domain whose readers change nothing of the pod, such as prometheus.io/scrape",
      got: key,
      fix: key.startsWith("vault.hashicorp.com/")
        ? "take it out: the agent is derived from 'access' and 'injection'"
        : "take it out; what changes pods, such as a service mesh, is declared for the namespace or left to another workload",
    }));
}

function volumesProblems(workload: OwnWorkload, withheld: Withheld): Problem[] {
  const volumes = workload.pod?.volumes ?? [];
  const claims = workload.kind === "stateful-set" ? (workload.volumeClaimTemplates ?? []) : [];
  const all = [...claims, ...volumes];
  return [
    ...volumes.flatMap((volume, index) => within(`volumes[${index}]`, volumeProblems(volume, withheld))),
    ...(volumes.length === 0 ? [] : repeated(all.map(({ name }) => name))).map((name) => ({
      property: "volumes",
      must: "have a name for each volume, also of the StatefulSet's claims",
      got: name,
      fix: "rename one of them",
    })),
    ...(volumes.length === 0
      ? []
      : nestedPathProblems(
          "volumes",
          all.map(({ mountPath }) => mountPath),
        )),
  ];
}

function volumeProblems(volume: PodVolume, withheld: Withheld): Problem[] {
  const { name, mountPath } = volume;
  return [
    ...labelProblems("name", name),
    ...volumeNameProblems("name", name),
    ...mountPathProblems("mountPath", mountPath),
    ...shownProblems(volume, withheld),
  ];
}

function shownProblems(volume: PodVolume, withheld: Withheld): Problem[] {
  switch (volume.kind) {
    case "secret":
      return withheld.has(volume.secret)
        ? [
            {
              property: "secret",
              must: "be no Secret with a database's password: the migration alone refers to it",
              got: volume.secret,
              fix: "take it out: the application reads the credentials file",
            },
          ]
        : objectNameProblems("secret", volume.secret);
    case "config-map":
      return objectNameProblems("configMap", volume.configMap);
    case "claim":
      return objectNameProblems("claim", volume.claim);
    case "empty-dir":
      return quantityProblems("sizeLimit", volume.sizeLimit, STORAGE, '"1Gi"');
  }
}

function containersProblems(
  workload: OwnWorkload,
  { initContainers = [], sidecars = [], volumes = [] }: PodOptions,
  service: string,
  withheld: Withheld,
): Problem[] {
  const known = volumes.map(({ name }) => name);
  const each = (property: string, containers: readonly Sidecar[]) =>
    containers.flatMap((container, index) =>
      within(`${property}[${index}]`, containerProblems(container, workload, known, withheld)),
    );
  const names = [service, ...[...initContainers, ...sidecars].map(({ name }) => name)];
  return [
    ...each("initContainers", initContainers),
    ...each("sidecars", sidecars),
    ...repeated(names).map((name) => ({
      property: initContainers.some((container) => container.name === name) ? "initContainers" : "sidecars",
      must: `have names of their own; the application's container is called ${service}`,
      got: name,
      fix: "rename one of them",
    })),
    ...(sidecars.length > 0 && runsToCompletion(workload)
      ? [
          {
            property: "sidecars",
            must: "be left out for a workload that ends: beside a container that runs for ever no Job completes",
            got: sidecars.map(({ name }) => name),
            fix: "let the application do it, or an init container before it",
          },
        ]
      : []),
  ];
}

function containerProblems(
  container: Sidecar,
  workload: OwnWorkload,
  volumes: readonly string[],
  withheld: Withheld,
): Problem[] {
  const { name, image, databases = "none", env = {}, resources = {}, uid } = container;
  const owner = containerUser(workload);
  return [
    ...labelProblems("name", name),
    ...containerNameProblems("name", name),
    ...imageProblems("image", image),
    ...environmentProblems("env", env, withheld),
    ...resourcesProblems("resources", resources),
    ...(uid === undefined ? [] : userProblems("uid", uid)),
    ...probesProblems(container),
    ...(databases === "all" && uid !== undefined && uid !== owner
      ? [
          {
            property: "uid",
            must: `be the application's user (${owner}), to whom the credentials file belongs`,
            got: uid,
            fix: "leave it out, or take 'databases' out",
          },
        ]
      : []),
    ...(container.volumes ?? [])
      .filter((each) => !volumes.includes(each))
      .map((got) => ({
        property: "volumes",
        must: `name volumes of the pod (${volumes.join(", ") || "it has none"})`,
        got,
        fix: "correct the name, or declare it in 'pod.volumes'",
      })),
  ];
}

/** What is wrong with ports that have names. */
export function portsProblems({
  port,
  ports,
}: {
  readonly port?: number | undefined;
  readonly ports?: Readonly<Record<string, number>> | undefined;
}): Problem[] {
  if (ports === undefined) return [];
  const names = Object.keys(ports);
  return [
    ...(port === undefined && names.length > 0
      ? []
      : [
          {
            property: "ports",
            must: "hold every port by its name, and stand without 'port'",
            got: ports,
            fix: "write { http: 8080, metrics: 9090 } and no 'port'",
          },
        ]),
    ...names
      .filter((name) => !/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) || name.includes("--"))
      .map((name) => ({
        property: "ports",
        must: "have names of 1 to 15 lower-case letters, digits and single hyphens, with a letter",
        got: name,
        fix: "rename it",
      })),
    ...Object.entries(ports).flatMap(([name, each]) => integerProblems(`ports.${name}`, each, 1, 65_535)),
    ...repeated(Object.values(ports)).map((each) => ({
      property: "ports",
      must: "have a number for each",
      got: each,
      fix: "take one of them out",
    })),
  ];
}
