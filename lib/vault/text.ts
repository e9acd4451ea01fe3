import { cidrObjection, looksSecret, type Problem } from "../core";

/**
 * The chart's start script replaces these words wherever they stand in the server's configuration, so
 * none of them may come from an operator.
 */
const REPLACED_BY_THE_CHART = /HOST_IP|POD_IP|HOSTNAME|API_ADDR|TRANSIT_ADDR|RAFT_ADDR/;

/**
 * Text that reaches the server's configuration or the chart's values: a key, a region, an address. The
 * set of characters leaves nothing to escape in HCL, in a Helm template or in YAML.
 */
export function plainTextProblems(property: string, value: string): Problem[] {
  const plain = /^[A-Za-z0-9][A-Za-z0-9._:/@+=-]*$/.test(value);
  if (plain && !looksSecret(value) && !REPLACED_BY_THE_CHART.test(value)) return [];
  return [
    {
      property,
      must: "be letters, digits and . _ : / @ + = -, starting with a letter or digit, without a secret or a word that the chart replaces (HOST_IP, POD_IP, HOSTNAME, API_ADDR, TRANSIT_ADDR, RAFT_ADDR)",
      got: value,
      fix: "give the plain name, identifier or address",
    },
  ];
}

/** The name of a Kubernetes Secret or StorageClass. */
export function objectNameProblems(property: string, value: string): Problem[] {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(value) && value.length <= 253) return [];
  return [
    {
      property,
      must: "be the name of a Kubernetes object: 1 to 253 lower-case letters, digits, hyphens and dots",
      got: value,
      fix: "write the object's name, as kubectl shows it",
    },
  ];
}

/** A key of a Kubernetes Secret, which is also the name of the mounted file. */
export function fileNameProblems(property: string, value: string): Problem[] {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(value)) return plainTextProblems(property, value);
  return [
    {
      property,
      must: "be a key of a Kubernetes Secret: letters, digits, '.', '_' and '-', starting with a letter or digit",
      got: value,
      fix: 'write it like "tls.crt"',
    },
  ];
}

/** An amount of CPU, memory or storage as Kubernetes writes it. */
export function quantityProblems(property: string, value: string): Problem[] {
  if (/^[1-9]\d{0,8}(m|[KMGTP]i?|k)?$/.test(value)) return [];
  return [
    {
      property,
      must: "be a Kubernetes quantity of more than nothing: a whole number and a unit",
      got: value,
      fix: 'write it like "250m", "256Mi" or "10Gi"',
    },
  ];
}

/** A range of addresses, as Kubernetes writes it in an `ipBlock`. */
export function cidrProblems(property: string, value: string): Problem[] {
  const must = cidrObjection(value);
  if (must === undefined) return [];
  return [
    { property, must, got: value, fix: 'write it like "10.20.0.0/16", or "10.20.0.7/32" for one address' },
  ];
}

/** The problems of the first check that finds any: a later one would say the same in other words. */
export function firstOf(...checks: readonly Problem[][]): Problem[] {
  return checks.find((problems) => problems.length > 0) ?? [];
}
