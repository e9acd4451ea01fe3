import { capabilitiesAt, credsPath, isWildcard, known, type DatabaseRole, type PolicyRule } from "../access";

/** Which database roles some rules of policies open; found by path, because there may be thousands of both. */
export function reachOf(
  databaseRoles: readonly DatabaseRole[],
): (rules: readonly PolicyRule[]) => DatabaseRole[] {
  const byPath = new Map<string, DatabaseRole[]>();
  for (const role of databaseRoles) {
    const path = known(credsPath(role));
    if (path !== undefined) byPath.set(path, [...(byPath.get(path) ?? []), role]);
  }
  return (rules) => {
    const paths = rules.some(({ path }) => isWildcard(path))
      ? [...byPath.keys()]
      : rules.map(({ path }) => path);
    return [...new Set(paths)]
      .filter((path) => byPath.has(path) && capabilitiesAt(rules, path).has("read"))
      .flatMap((path) => byPath.get(path) ?? []);
  };
}
