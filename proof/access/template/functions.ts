/** What a template computes with: texts, numbers, objects, lists. */
export type TemplateValue = unknown;

/** Functions of text/template and of consul-template that need nothing but their arguments. */
export const FUNCTIONS: Readonly<Record<string, (...values: TemplateValue[]) => TemplateValue>> = {
  and: (...values) => values.find((each) => !isTrue(each)) ?? values.at(-1),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  not: (value) => !isTrue(value),
  len: (value) =>
    typeof value === "string" ? Buffer.byteLength(value) : Object.keys(value as object).length,
  index: (value, ...keys) =>
    keys.reduce((inner: unknown, key) => (inner as Record<string, unknown>)[String(key)], value),
  print,
  println: (...values) => `${values.map(shown).join(" ")}\n`,
  printf,
  eq: (first, ...others) => others.some((each) => each === first),
  ne: (a, b) => a !== b,
  lt: (a, b) => (a as number) < (b as number),
  le: (a, b) => (a as number) <= (b as number),
  gt: (a, b) => (a as number) > (b as number),
  ge: (a, b) => (a as number) >= (b as number),
  // As url.QueryEscape writes it.
  urlquery: (value) =>
    encodeURIComponent(shown(value))
      .replace(/[!'()*]/g, percent)
      .replaceAll("%20", "+"),
  // Go writes these of HTML as escapes; toUnescapedJSON does not.
  toJSON: (value) => json(value).replace(/[<>&]/g, unicode),
  toUnescapedJSON: json,
  base64Encode: (value) => Buffer.from(shown(value)).toString("base64"),
  base64Decode: (value) => Buffer.from(shown(value), "base64").toString(),
  toLower: (value) => shown(value).toLowerCase(),
  toUpper: (value) => shown(value).toUpperCase(),
  trimSpace: (value) => shown(value).trim(),
  trimPrefix: (prefix, value) =>
    shown(value).startsWith(shown(prefix)) ? shown(value).slice(shown(prefix).length) : value,
  trimSuffix: (suffix, value) =>
    shown(value).endsWith(shown(suffix)) ? shown(value).slice(0, -shown(suffix).length) : value,
  replaceAll: (from, to, value) => shown(value).replaceAll(shown(from), shown(to)),
};

export function isTrue(value: TemplateValue): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}

/** As Go prints a value where nothing says how. */
export function shown(value: TemplateValue): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "<no value>");
}

/** Go puts a space between two of which neither is a text. */
function print(...values: TemplateValue[]): string {
  return values.reduce<string>((all, value, index) => {
    const isApart = index > 0 && typeof value !== "string" && typeof values[index - 1] !== "string";
    return all + (isApart ? " " : "") + shown(value);
  }, "");
}

/** Go writes the keys of a map in their order. */
function json(value: TemplateValue): string {
  return JSON.stringify(value, (_, inner: unknown) => (isMap(inner) ? sorted(inner) : inner));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function sorted(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function printf(format: TemplateValue, ...values: TemplateValue[]): string {
  let next = 0;
  return shown(format).replace(/%([sdvq%])/g, (_, verb: string) => {
    if (verb === "%") return "%";
    const value = shown(values[next++]);
    return verb === "q" ? JSON.stringify(value) : value;
  });
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}

function unicode(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
