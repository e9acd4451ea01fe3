import { labelProblems, repeated, within, type Problem } from "../core";
import { authPathOf, runsIn } from "./clusters";
import type { ClusterService, MultiClusterEnvironment } from "./environment";

/** What is wrong with the clusters of an environment, and with what its services say of them. */
export function clusterProblems(environment: MultiClusterEnvironment): Problem[] {
  const { clusters, services } = environment;
  const names = clusters.map(({ name }) => name);
  return [
    ...(clusters.length > 0 ? [] : [none()]),
    ...clusters.flatMap(({ name }, index) => within(`clusters[${index}]`, labelProblems("name", name, 30))),
    ...repeated(names).map((name) => ({
      property: "clusters",
      must: "have different names",
      got: name,
      fix: `rename or remove one of the clusters named ${JSON.stringify(name)}`,
    })),
    ...repeated(clusters.map(authPathOf)).map((path) => ({
      property: "clusters",
      must: "have an auth method each: a method knows one API server",
      got: path,
      fix: "give one of them another 'authPath', or leave it out",
    })),
    ...placeProblems(environment),
    ...environment.databases.flatMap(({ endpoints = [] }, index) =>
      endpoints.flatMap(({ hostIn = {} }, each) =>
        Object.keys(hostIn)
          .filter((cluster) => !names.includes(cluster))
          .map((cluster) => ({
            property: `databases[${index}].endpoints[${each}].hostIn`,
            must: `name clusters of the environment (${names.join(", ")})`,
            got: cluster,
            fix: "correct the name, or take it out",
          })),
      ),
    ),
    ...services.flatMap((service, index) => within(`services[${index}]`, serviceProblems(service, names))),
  ];
}

function none(): Problem {
  return {
    property: "clusters",
    must: "name at least one cluster",
    got: "none",
    fix: "add one, or write 'cluster' where there is only one for ever",
  };
}

/** What belongs to one cluster cannot be what several have in common. */
function placeProblems({ vault, state, clusters }: MultiClusterEnvironment): Problem[] {
  const outside = "lie outside of the clusters, for each must work while another is away";
  return [
    ...(vault.mode === "external"
      ? []
      : [
          {
            property: "vault.mode",
            must: `be "external" where there are several clusters: Vault must ${outside}`,
            got: vault.mode,
            fix: 'install Vault by an environment of its own, and write mode: "external" here',
          },
        ]),
    ...(vault.authPath === undefined
      ? []
      : [
          {
            property: "vault.authPath",
            must: "be left out where there are several clusters: each has an auth method of its own",
            got: vault.authPath,
            fix: `write it as 'authPath' of one of the clusters (${clusters.map(({ name }) => name).join(", ")})`,
          },
        ]),
    ...(state.kind === "kubernetes"
      ? [
          {
            property: "state.kind",
            must: `be the kind of a store that several clusters share; it has to ${outside}`,
            got: state.kind,
            fix: 'keep it in "s3", "gcs", "azurerm" or "http"',
          },
        ]
      : []),
  ];
}

function serviceProblems(service: ClusterService, names: readonly string[]): Problem[] {
  const { name, clusters, access, workload } = service;
  const unknown = (clusters ?? []).filter((each) => !names.includes(each));
  const own = names.filter((each) => runsIn(service, each));
  const actsAsOwner = access.some(({ owner }) => owner !== undefined);
  return [
    ...(clusters?.length === 0
      ? [
          {
            property: "clusters",
            must: `name at least one cluster that ${name} runs in`,
            got: "none",
            fix: "name one, or take the service out",
          },
        ]
      : []),
    ...unknown.map((cluster) => ({
      property: "clusters",
      must: `name clusters of the environment (${names.join(", ")})`,
      got: cluster,
      fix: "correct the name, or take it out",
    })),
    ...repeated(clusters ?? []).map((cluster) => ({
      property: "clusters",
      must: "name each cluster once",
      got: cluster,
      fix: "take one of the two out",
    })),
    ...(actsAsOwner && workload.kind !== "elsewhere" && own.length > 1
      ? [
          {
            property: "clusters",
            must: "name one cluster for what acts as an owner: two that change one schema at a time wait for each other, or fail",
            got: own.join(", "),
            fix: `choose one, such as clusters: [${JSON.stringify(own[0])}]`,
          },
        ]
      : []),
  ];
}
