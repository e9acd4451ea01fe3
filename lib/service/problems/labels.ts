import type { Problem } from "../../core";

/**
 * What is wrong with labels, or with what selects by them.
 *
 * @param taken to whom a key belongs that nobody else may set
 */
export function mapProblems(
  property: string,
  labels: Readonly<Record<string, string>>,
  taken: (key: string) => string | undefined = () => undefined,
): Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const owner = taken(key);
    return [
      ...(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(key)
        ? []
        : [
            {
              property,
              must: "have keys as Kubernetes takes them: up to 63 letters, digits, '-', '_' and '.', after a domain and a slash if you like",
              got: key,
              fix: "rename it",
            },
          ]),
      ...(owner === undefined
        ? []
        : [{ property, must: `leave ${key} ${owner}`, got: key, fix: "take it out, or rename it" }]),
      ...(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/.test(value)
        ? []
        : [
            {
              property: `${property}.${key}`,
              must: "be a value as Kubernetes takes it: up to 63 letters, digits, '-', '_' and '.'",
              got: value,
              fix: "shorten it, or put it into an annotation",
            },
          ]),
    ];
  });
}
