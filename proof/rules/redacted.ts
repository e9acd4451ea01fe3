import { hideSecrets } from "../core";

/** Every text of a value without the secrets that somebody has written into it. */
export function withoutSecrets<T>(value: T): T {
  if (typeof value === "string") return hideSecrets(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutSecrets(each as unknown)]),
  ) as T;
}
