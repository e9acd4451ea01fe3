import { ownValue } from "./own";

/** What Vault lets a token do at a path. */
export const CAPABILITIES = [
  "create",
  "read",
  "update",
  "patch",
  "delete",
  "list",
  "sudo",
  "subscribe",
  "recover",
  "deny",
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** One `path` of a policy. */
export interface PolicyRule {
  /** As it is written: exact, with `*` at its end for every longer path, with `+` for one segment. */
  readonly path: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** Capabilities that Vault does not have, and whatever else stands there; absent where there is nothing of it. */
  readonly unread?: readonly string[];
}

/**
 * What a token may do at a path. Of all rules that match, the most specific path decides alone; where
 * several policies name the same path their capabilities add up, and `deny` takes all of them away.
 * (Vault, "Policies", section "Priority matching".)
 */
export function capabilitiesAt(rules: readonly PolicyRule[], path: string): ReadonlySet<Capability> {
  const matching = rules.filter((rule) => matches(rule.path, path));
  const decisive = mostSpecific(
    matching.map((rule) => rule.path),
    path,
  );
  const capabilities = matching
    .filter((rule) => rule.path === decisive)
    .flatMap((rule) => [...rule.capabilities]);
  return capabilities.includes("deny") ? new Set(["deny"]) : new Set(capabilities);
}

/** Whether a rule's path matches a path, whatever other rules say. */
export function matches(pattern: string, path: string): boolean {
  const prefix = pattern.endsWith("*");
  const body = prefix ? pattern.slice(0, -1) : pattern;
  if (!hasSegmentWildcard(body)) return prefix ? path.startsWith(body) : path === body;
  return matchesSegments(body.split("/"), path.split("/"), prefix);
}

function matchesSegments(pattern: readonly string[], path: readonly string[], prefix: boolean): boolean {
  if (path.length < pattern.length || (!prefix && path.length > pattern.length)) return false;
  return pattern.every((segment, index) => {
    const actual = path[index] ?? "";
    if (segment === "+" || segment === actual) return true;
    return prefix && index === pattern.length - 1 && actual.startsWith(segment);
  });
}

/** A `+` is a wildcard where it is a whole segment; elsewhere it is a letter like any other. */
export function hasSegmentWildcard(pattern: string): boolean {
  return pattern.includes("+") && pattern.split("/").includes("+");
}

/** Whether a path stands for more than itself. */
export function isWildcard(pattern: string): boolean {
  return pattern.endsWith("*") || hasSegmentWildcard(pattern.replace(/\*$/, ""));
}

/** Whether the path depends on who asks: `{{identity.entity.name}}`. */
export function isTemplated(pattern: string): boolean {
  return pattern.includes("{{");
}

function mostSpecific(patterns: readonly string[], path: string): string | undefined {
  if (patterns.includes(path)) return path;
  return [...patterns].sort(compareSpecificity).at(-1);
}

/** Vault's order of priority: the later first wildcard, no `*` at the end, fewer `+`, longer, greater. */
function compareSpecificity(a: string, b: string): number {
  return (
    firstWildcard(a) - firstWildcard(b) ||
    Number(b.endsWith("*")) - Number(a.endsWith("*")) ||
    segmentWildcards(b) - segmentWildcards(a) ||
    a.length - b.length ||
    (a < b ? -1 : Number(a > b))
  );
}

function firstWildcard(pattern: string): number {
  const glob = pattern.endsWith("*") ? pattern.length - 1 : Infinity;
  const segments = pattern.split("/");
  const index = segments.indexOf("+");
  const segment = index < 0 ? Infinity : segments.slice(0, index).join("/").length + Number(index > 0);
  return Math.min(glob, segment, pattern.length);
}

function segmentWildcards(pattern: string): number {
  return pattern.split("/").filter((segment) => segment === "+").length;
}

/** The rules of a policy that was read as JSON: `{"path":{"a":{"capabilities":["read"]}}}`. */
export function policyRules(document: unknown): PolicyRule[] {
  if (!isRecord(document)) throw new Error("a policy is an object with the key path");
  return blocks(document.path).flatMap((paths) =>
    Object.entries(paths).flatMap(([path, body]) =>
      blocks(body).map((block) => {
        const unread = unreadOf(block);
        return {
          path: path.replace(/^\//, ""),
          capabilities: capabilitiesOf(block),
          ...(unread.length > 0 && { unread }),
        };
      }),
    ),
  );
}

/** Older policies say `policy = "write"`. */
const SHORTHANDS: Readonly<Record<string, readonly Capability[]>> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list", "patch"],
  sudo: ["create", "read", "update", "delete", "list", "sudo", "patch"],
};

function capabilitiesOf({ capabilities, policy }: Record<string, unknown>): ReadonlySet<Capability> {
  const written = Array.isArray(capabilities) ? capabilities : [];
  const shorthand = typeof policy === "string" ? (ownValue(SHORTHANDS, policy) ?? []) : [];
  return new Set([...CAPABILITIES.filter((capability) => written.includes(capability)), ...shorthand]);
}

function unreadOf({ capabilities, policy: _, ...others }: Record<string, unknown>): string[] {
  const written: readonly unknown[] = Array.isArray(capabilities) ? capabilities : [];
  const words: readonly unknown[] = CAPABILITIES;
  return [...written.filter((each) => !words.includes(each)).map(String), ...Object.keys(others)];
}

function blocks(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : [value]).filter(isRecord);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
