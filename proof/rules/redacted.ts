/** What stands where somebody has written a secret down. */
const HIDDEN = "[not shown]";

/** Texts in which a secret may stand, with the rest around it. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b((?:ENCRYPTED\s+)?PASSWORD\s+)(?:E?'(?!\{\{password\}\}')(?:[^']|'')*')/gi, `$1'${HIDDEN}'`],
  [/(\b[a-z][a-z+.-]*:\/\/[^\s/:@"']*:)(?!\{\{)[^\s/@"']+@/gi, `$1${HIDDEN}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/g, HIDDEN],
  [/\b(?:hvs|hvb|s)\.[A-Za-z0-9_-]{24,}/g, HIDDEN],
];

/** Every text of a value without the secrets that somebody has written into it. */
export function withoutSecrets<T>(value: T): T {
  if (typeof value === "string")
    return SECRETS.reduce<string>((text, [secret, shown]) => text.replace(secret, shown), value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutSecrets(each as unknown)]),
  ) as T;
}
