import type { Problem } from "../core";

/** A check of a text by the characters that it may have. */
type Check = (property: string, value: string) => Problem[];

/**
 * Terraform evaluates nothing in a backend block: an escape would stand in the name, and a text that needs one
 * is none of these.
 */
function texts(pattern: RegExp, must: string, fix: string): Check {
  return (property, got) => (pattern.test(got) ? [] : [{ property, must, got, fix }]);
}

/** Names parted by slashes, of which none leads upwards. */
const NAMES = /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/;

/** Relative to the project and inside of it: elsewhere lies somebody else's. */
export const directoryProblems = texts(
  NAMES,
  "be a directory inside of the project: names of letters, digits, '_', '-' and '.', parted by '/'",
  'write it like "state"',
);

export const bucketProblems = texts(
  /^[a-z0-9](?:[a-z0-9._-]{1,220})[a-z0-9]$/,
  "be 3 to 222 lower-case letters, digits, '.', '_' and '-', beginning and ending with a letter or digit",
  "write the name as the cloud's console shows it",
);

export const prefixProblems = texts(
  NAMES,
  "be names of letters, digits, '_', '-' and '.', parted by '/', no slash at either end",
  'write it like "terraform/leasehold"',
);

export const resourceGroupProblems = texts(
  /^[\w().-]{0,89}[\w()-]$/,
  "be 1 to 90 letters, digits, '_', '-', '.', '(' and ')', not ending with '.'",
  "write the resource group's name",
);

export const storageAccountProblems = texts(
  /^[a-z0-9]{3,24}$/,
  "be 3 to 24 lower-case letters and digits",
  "write the storage account's name",
);

/** Regions, keys and roles: `eu-west-1`, `alias/terraform`, an ARN. */
export const plainProblems = texts(
  /^[A-Za-z0-9][\w.:/@+=-]*$/,
  "be letters, digits and . _ : / @ + = -, starting with a letter or digit",
  "give the plain name or identifier",
);

/** A context has any name that somebody gave it: `kind-a`, `user@cluster`, an ARN. */
export const contextProblems = texts(
  /^[\w.:/@+-]+(?: [\w.:/@+-]+)*$/,
  "be the name of a context: letters, digits, blanks and . _ : / @ + -",
  "write it as kubectl config get-contexts shows it",
);

/** The file is read when Terraform runs, by that machine. */
export const absolutePathProblems = texts(
  /^(?:\/[\w.@+-]+)+$/,
  "be the absolute path of a file: letters, digits and . _ @ + - between the slashes",
  'write it like "/var/run/secrets/kubernetes.io/serviceaccount/token"',
);
