import { vaultPathProblems, type Problem } from "../core";

/** The path of an auth method, without the `auth/` that Vault puts before it. */
export function authPathProblems(property: string, path: string): Problem[] {
  if (!path.startsWith("auth/")) return vaultPathProblems(property, path);
  const must = "be the auth method's path without 'auth/' before it";
  return [{ property, must, got: path, fix: `write ${JSON.stringify(path.slice("auth/".length))}` }];
}
