import { X509Certificate } from "node:crypto";
import type { Problem } from "@leasehold/proof/core";

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/**
 * A name of ours that becomes a construct id and a Kubernetes name: an RFC 1123 label that starts
 * with a letter. CDKTF drops other characters from top-level ids silently, so that `a.b` and `ab`
 * would merge into one resource.
 */
export function labelProblems(property: string, value: string, maxLength = 63): Problem[] {
  if (LABEL.test(value) && value.length <= maxLength) {
    // CDKTF keeps constructs, stacks and resources by name in plain objects, in which these are there already.
    if (!(value in Object.prototype)) return [];
    return [{ property, must: "be no name that every JavaScript object has", got: value, fix: "rename it" }];
  }
  return [
    {
      property,
      must: `be 1 to ${maxLength} lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen`,
      got: value,
      fix: "rename it",
    },
  ];
}

/** First segments of paths at which Vault itself answers, or has a mount that is there once. */
const PATHS_OF_VAULT = ["audit", "auth", "cubbyhole", "identity", "sys", "token"];

/** A name or path of Vault: segments of letters, digits, `_`, `-` and `.`, no slash at either end. */
export function vaultPathProblems(property: string, value: string): Problem[] {
  if (/^\w([\w.-]*\w)?(\/\w([\w.-]*\w)?)*$/.test(value)) return reservedPathProblems(property, value);
  return [
    {
      property,
      must: "be a Vault path: letters, digits, '_', '-' and '.', segments parted by '/', no slash at either end",
      got: value,
      fix: 'write it like "database" or "kubernetes/production"',
    },
  ];
}

function reservedPathProblems(property: string, value: string): Problem[] {
  if (!PATHS_OF_VAULT.includes(value.split("/")[0] ?? "")) return [];
  return [
    {
      property,
      must: `not begin with a path of Vault's own (${PATHS_OF_VAULT.join(", ")})`,
      got: value,
      fix: 'choose another one, such as "database" or "kubernetes"',
    },
  ];
}

/** Names that Vault keeps for itself, of which no namespace may be one. */
const NO_NAMESPACES = ["audit", "auth", "cubbyhole", "identity", "root", "sys"];

/** A namespace of Vault, from the root: segments of letters, digits, `_` and `-`, no slash at either end. */
export function namespacePathProblems(property: string, value: string): Problem[] {
  const isPath = /^[\w-]+(\/[\w-]+)*$/.test(value);
  if (isPath && !value.split("/").some((segment) => NO_NAMESPACES.includes(segment))) return [];
  return [
    {
      property,
      must: `be a namespace of Vault, from the root: letters, digits, '_' and '-', segments parted by '/', no slash at either end, and none of ${NO_NAMESPACES.join(", ")}`,
      got: value,
      fix: 'write it like "shop" or "admin/shop", and leave it out for the root namespace',
    },
  ];
}

/** The path of an auth method, without the `auth/` that Vault puts before it. */
export function authPathProblems(property: string, value: string): Problem[] {
  if (!value.startsWith("auth/")) return vaultPathProblems(property, value);
  return [
    {
      property,
      must: "be the auth method's path without 'auth/' before it",
      got: value,
      fix: `write "${value.slice("auth/".length)}"`,
    },
  ];
}

/**
 * A PostgreSQL identifier. It is always quoted, so any word will do; PostgreSQL cuts names after 63
 * bytes silently, and Vault replaces `{{…}}` inside statements.
 */
export function identifierProblems(property: string, value: string): Problem[] {
  const bytes = Buffer.byteLength(value, "utf8");
  const isName = bytes >= 1 && bytes <= 63 && !/[\u0000-\u001f\u007f]|\{\{|\}\}/.test(value);
  if (isName) return [];
  return [
    {
      property,
      must: "be a PostgreSQL identifier of 1 to 63 bytes without control characters, '{{' or '}}'",
      got: value,
      fix: "shorten or rename it",
    },
  ];
}

/** A host name or an IP address, without scheme, port or path. */
export function hostProblems(property: string, value: string): Problem[] {
  if (
    /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value) ||
    /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+$/.test(value)
  ) {
    return [];
  }
  return [
    {
      property,
      must: "be a host name or an IP address, without scheme, port or path",
      got: value,
      fix: 'write it like "pg.acme.internal"',
    },
  ];
}

/** An absolute URL of the given schemes, without credentials, query or fragment. */
export function urlProblems(property: string, value: string, schemes: readonly string[]): Problem[] {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain =
    url &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash &&
    // What no address has, and Terraform, a shell or a browser would read as its own.
    /^[\w.~:/@!$&'()*+,;=%[\]-]+$/.test(value) &&
    !/[/$]$|%(?![0-9A-F]{2})/i.test(value);
  if (plain && schemes.includes(url.protocol.slice(0, -1))) return [];
  return [
    {
      property,
      must: `be a URL with ${schemes.join(" or ")}, without credentials, query, fragment or a slash at the end`,
      got: value,
      fix: `write it like "${schemes[0]}://vault.acme.internal:8200"`,
    },
  ];
}

/** One or more PEM certificates, and nothing that is secret beside them. */
export function certificateProblems(property: string, pem: string): Problem[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const onlyCertificates = (pem.match(/-----BEGIN /g) ?? []).length === blocks.length;
  if (blocks.length > 0 && onlyCertificates && blocks.every(isCertificate)) return [];
  return [
    {
      property,
      must: "be one or more PEM certificates, and nothing else",
      got: pem,
      fix: "paste the CA's certificate, from BEGIN CERTIFICATE to END CERTIFICATE",
    },
  ];
}

/** Parsing is slow, and every service of an environment brings the same few. */
const parsed = new Map<string, boolean>();

function isCertificate(pem: string): boolean {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  const result = parses(pem);
  parsed.set(pem, result);
  return result;
}

function parses(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** A part of a registry's host name. */
const DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?`;
const PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";

/** The grammar of the distribution project (reference/reference.go), as every container runtime reads it. */
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*)(?::(\\w[\\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}))?$`,
);

/** A container image with a tag other than `latest`, or with a digest. */
export function imageProblems(property: string, image: string): Problem[] {
  const [, name = "", tag, digest] = REFERENCE.exec(image.length > 512 ? "" : image) ?? [];
  const pinned = digest !== undefined || (tag !== undefined && tag !== "latest");
  if (name !== "" && name.length <= 255 && pinned) return [];
  return [
    {
      property,
      must: "name a container image with a tag (not latest) or a digest",
      got: image,
      fix: 'write it like "ghcr.io/acme/orders:1.4.2"',
    },
  ];
}

/** A file on the machine that runs Terraform; `~` is the home directory there. */
export function filePathProblems(property: string, path: string): Problem[] {
  if (/^~?[\w./@+,: -]+$/.test(path) && path.trim() === path) return [];
  const must = "be the path of a file: letters, digits, blanks and . _ / @ + , : -";
  return [{ property, must, got: path, fix: 'write it like "/etc/ssl/acme/vault-ca.pem"' }];
}
