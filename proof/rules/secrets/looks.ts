/** What makes a text look like a secret. */
export type Suspicion = "url" | "jwt" | "key" | "token" | "named";

const SECRET_NAME = /(^|[_\-.])(password|passwd|pwd|secret|token|api_?key|private_?key|credentials?)$/i;
/** Arguments whose names end like a secret's and that hold something else. */
const HARMLESS =
  /(token_type|_token_volume_name|secret_name|secretName|tokenPath|password_authentication|password_policy)$/i;

/** Why a text that stands at an argument looks like a secret; nothing where it does not. */
export function looksLikeSecret(argument: string, text: string): Suspicion | undefined {
  if (text.includes("-----BEGIN") && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "key";
  if (text.includes("eyJ") && /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/.test(text)) return "jwt";
  if (text.length > 24 && /\b(hvs|hvb|s)\.[A-Za-z0-9_-]{24,}/.test(text)) return "token";
  if (text.includes("://") && hasPasswordInUrl(text)) return "url";
  const name = argument.split(".").at(-1) ?? argument;
  if (!SECRET_NAME.test(name) || HARMLESS.test(name)) return undefined;
  return isWrittenDown(text) ? "named" : undefined;
}

function hasPasswordInUrl(text: string): boolean {
  const found = /\b[a-z][a-z+.-]*:\/\/[^\s/:@"']+:([^\s/@"']+)@/i.exec(text)?.[1];
  return found !== undefined && !/^(\{\{.*\}\}|\$\(?\{?\w.*|<.*>|%s|\*+|x+)$/i.test(found);
}

/** Not a placeholder, a path, a name of a variable or something that a template fills in. */
function isWrittenDown(text: string): boolean {
  if (text.length < 6 || /^(\/|\.\/|\$|\{\{|<)/.test(text) || /\s/.test(text)) return false;
  return entropy(text) > 2.5 || /\d/.test(text);
}

/** Shannon's, in bits per letter. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}
