/**
 * Texts that are a secret whatever stands around them, and wherever they stand. What is counted has an end, so
 * that a long text takes no longer than its length.
 */
export const SECRET_SHAPES: readonly RegExp[] = [
  /PRIVATE KEY/,
  /\beyJ[\w-]{5,4000}\.[\w-]/, // a JSON Web Token
  /\/\/[^/\s:@"']{0,256}:[^/\s@"']{1,1024}@/, // a password inside a URL
  /\bhv[sbr]\.[\w-]{8,}/, // a token of Vault
  /\bs\.[A-Za-z0-9]{24}\b/, // a token of an older Vault
  /\b(?:sk|rk|pk)_(?:live|test)_\w{6,}/, // Stripe
  /\bgh[opusr]_\w{16,}|\bgithub_pat_\w{16,}/, // GitHub
  /\bglpat-[\w-]{16,}/, // GitLab
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, // AWS
  /\bAIza[\w-]{30,}/, // Google
  /\bxox[abeprs]-[\w-]{10,}/, // Slack
  /\bSG\.[\w-]{16,64}\.[\w-]{16}/, // SendGrid
  /\b(?:npm|dop_v1|shpat|shpss)_[A-Za-z0-9]{16,}/, // npm, DigitalOcean, Shopify
  /\bsk-[\w-]{20,}/, // model providers
];

/** What fills itself in later, or says where the value lies: no secret by itself. */
const PLACEHOLDER = /^(?:["']?(?:\$|%|\{\{|<|\*)|\.{0,2}\/|(?:file|env|vault|secretref):)/i;

/** Words of which nobody makes a password that is worth hiding. */
const HARMLESS_VALUE = /^(?:true|false|yes|no|on|off|none|null|required|optional|enabled|disabled|\d{1,5})$/i;

/** Names of variables and settings whose value is the secret itself: `SMTP_PASS`, `apiKey`. */
const SECRET_NAME =
  /(?:^|[_\-.])(?:pass|passwd|password|passphrase|pwd|secret|token|pat|api_?key|access_?key|secret_?key|private_?key|credentials?)$/i;

/** A setting with its value inside of a text: `--password=…`, `?token=…`, `"apiKey": "…"`. */
const ASSIGNMENT =
  /(?:^|[^A-Za-z0-9])(?:password|passwd|passphrase|pwd|token|api[_-]?key|access[_-]?key|secret[_-]?key|secret)["']?\s*(?:=|:)\s*(["']?[^\s"'&;,)]{4,})/gi;

/** Whether a text has the shape of a secret that somebody pasted where it does not belong. */
export function looksSecret(text: string): boolean {
  return SECRET_SHAPES.some((shape) => shape.test(text));
}

/** Whether a text is a secret by its shape, or sets one: `--password=…`, `?token=…`. */
export function holdsSecret(text: string): boolean {
  return looksSecret(text) || assigned(text).some(isWrittenDown);
}

/** Whether the value of a variable or setting is a secret: by its name, or by what it holds. */
export function isSecretSetting(name: string, value: string): boolean {
  if (holdsSecret(value)) return true;
  return SECRET_NAME.test(camelParted(name)) && isWrittenDown(value);
}

/** `apiKey` as `api_Key`, so that one pattern reads both spellings. */
function camelParted(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2");
}

function assigned(text: string): string[] {
  return [...text.matchAll(ASSIGNMENT)].map(([whole, value = ""]) =>
    // In prose a colon is no assignment: "the password: rotates daily".
    /[:]\s*["']?[^\s"'&;,)]+$/.test(whole) && !/\d|["']/.test(value + whole) ? "" : value,
  );
}

/** Not a placeholder, a path, a switch or a number; and no sentence. */
function isWrittenDown(value: string): boolean {
  const bare = value.replace(/^["']/, "");
  return bare.length >= 4 && !/\s/.test(bare) && !PLACEHOLDER.test(value) && !HARMLESS_VALUE.test(bare);
}

/** A text without what stands before the host of an address: `https://user:pw@host` is `https://…@host`. */
export function withoutUserinfo(text: string): string {
  return text
    .replace(/(:\/\/)[^/\s"'?#]*@/g, "$1…@")
    .replace(/(^|[\s"'=])[^\s"'=:/@]+:[^\s"'/@]+@(?!sha256:)/g, "$1…@");
}
