interface Found {
  /** Whether something is in it that CDKTF has to resolve. */
  token: boolean;
  /** Whether a number stands for something else. */
  readonly isToken: (number: number) => boolean;
}

/** What CDKTF hands to what it resolves, as far as it is used. */
interface Context {
  registerPostProcessor(processor: { postProcess(): unknown }): void;
}

/** The same value with every text and every key in it escaped; what CDKTF resolves later stays as it is. */
export function literals(value: unknown, isToken: (number: number) => boolean): unknown {
  const found = { token: false, isToken };
  const escaped = escapedIn(value, found);
  return found.token ? escaped : asPlain(escaped);
}

/**
 * A copy is made of what has something to escape, or a token beside what is plain.
 *
 * @param found is told whether something is in it that CDKTF has to resolve
 */
function escapedIn(value: unknown, found: Found): unknown {
  switch (typeof value) {
    case "string":
      found.token ||= !isPlainText(value);
      return escapeTemplate(value);
    case "number":
      found.token ||= found.isToken(value);
      return value;
    case "function":
      found.token = true;
      return value;
    case "object":
      if (value !== null && !("resolve" in value)) return partsEscaped(value, found);
      found.token ||= value !== null;
      return value;
    default:
      return value;
  }
}

function partsEscaped(value: object, found: Found): unknown {
  if (isUntouched(value, found)) return value;
  const keys = Object.keys(value);
  const isList = Array.isArray(value);
  const names = isList ? keys : keys.map(escapeTemplate);
  const hasToken: boolean[] = [];
  let isPlain = isList || keys.every(isPlainText);
  let isSame = isList || names.every((name, index) => name === keys[index]);
  const parts = keys.map((key, index) => {
    const within = { ...found, token: false };
    const part = (value as Readonly<Record<string, unknown>>)[key];
    const escaped = escapedIn(part, within);
    hasToken[index] = within.token;
    isPlain &&= !within.token;
    isSame &&= escaped === part;
    return escaped;
  });
  if (isPlain && isSame) return value;
  found.token ||= !isPlain;
  // Of a whole that is plain nothing is so by itself. A list that is a token is one only as it is.
  const written = isPlain ? parts : parts.map((part, index) => (hasToken[index] ? part : asPlain(part)));
  if (isList) return written;
  const record = Object.fromEntries(names.map((name, index) => [name, written[index]]));
  if (written.some((part) => part instanceof Plain || isOpened(part))) opened.add(record);
  return record;
}

/** Whether there is nothing to escape and no token, which is so for most of what is written; it makes nothing. */
function isUntouched(value: unknown, found: Found): boolean {
  switch (typeof value) {
    case "string":
      return isPlainText(value) && !hasTemplate(value);
    case "number":
      return Number.isSafeInteger(value) || !found.isToken(value);
    case "function":
      return false;
    case "object":
      if (value === null) return true;
      if ("resolve" in value) return false;
      if (Array.isArray(value)) return value.every((each) => isUntouched(each, found));
      for (const key of Object.keys(value))
        if (!isUntouched(key, found) || !isUntouched((value as Record<string, unknown>)[key], found))
          return false;
      return true;
    default:
      return true;
  }
}

/** A number that is a token may stand in it, too. */
export function isPlainText(text: string): boolean {
  return !(
    text.includes("TfToken[") ||
    text.includes("Map Token Value") ||
    (text.includes("e+") && /e\+\d/.test(text))
  );
}

/** What CDKTF takes as it is: it would walk every value three times, which is a fifth of a synth. */
function asPlain(value: unknown): unknown {
  return typeof value === "object" && value !== null ? new Plain(value) : value;
}

export class Plain {
  readonly creationStack: string[] = [];

  constructor(readonly value: object) {}

  resolve(context: Context): undefined {
    context.registerPostProcessor({ postProcess: () => this.value });
  }
}

/**
 * Escapes text that Terraform would read as a template: `${` and `%{` of shell, SQL or an application's own
 * arguments. A token of CDKTF is left; Vault's `{{ }}` needs nothing.
 */
export function escapeTemplate(text: string): string {
  if (!hasTemplate(text)) return text;
  return text.replace(/\$\{(?!TfToken\[TOKEN\.\d+\]\})/g, "$$$${").replace(/%\{/g, "%%{");
}

function hasTemplate(text: string): boolean {
  return text.includes("${") || text.includes("%{");
}

/** Objects in which something plain stands beside tokens. */
const opened = new WeakSet<object>();

export function isOpened(value: unknown): value is object {
  return typeof value === "object" && value !== null && opened.has(value);
}
