/** What a text is that has the shape of a secret. */
export type SecretKind = "key" | "jwt" | "url" | "vault-token" | "service-token";

interface Shape {
  readonly kind: SecretKind;
  readonly pattern: RegExp;
  /** What is hidden of it and what stays, where that is not the pattern itself. */
  readonly hidden?: readonly [found: RegExp, shown: string];
}

/** What stands where somebody has written a secret down. */
const HIDDEN = "[not shown]";

/**
 * Texts that are a secret whatever stands around them, and wherever they stand: the one list by which declarations
 * are refused, other people's texts are judged, and messages are kept clean. What is counted has an end, so that a
 * long text takes no longer than its length.
 */
const SHAPES: readonly Shape[] = [
  {
    kind: "key",
    pattern: /PRIVATE KEY/,
    hidden: [
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
      HIDDEN,
    ],
  },
  {
    kind: "jwt",
    pattern: /\beyJ[\w-]{5,4000}\.[\w-]/,
    hidden: [/\beyJ[\w-]{5,4000}\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  },
  {
    kind: "url",
    pattern: /\/\/[^/\s:@"']{0,256}:([^/\s@"']{1,1024})@/,
    hidden: [/(\/\/[^\s/:@"']{0,256}:)(?!\{\{)[^\s/@"']{1,1024}@/g, `$1${HIDDEN}@`],
  },
  { kind: "vault-token", pattern: /\bhv[sbr]\.[\w-]{8,}/ },
  { kind: "vault-token", pattern: /\bs\.[A-Za-z0-9]{24}\b/ }, // of an older Vault
  { kind: "service-token", pattern: /\b(?:sk|rk|pk)_(?:live|test)_\w{6,}/ }, // Stripe
  { kind: "service-token", pattern: /\bgh[opusr]_\w{16,}|\bgithub_pat_\w{16,}/ },
  { kind: "service-token", pattern: /\bglpat-[\w-]{16,}/ }, // GitLab
  { kind: "service-token", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ }, // AWS
  { kind: "service-token", pattern: /\bAIza[\w-]{30,}/ }, // Google
  { kind: "service-token", pattern: /\bxox[abeprs]-[\w-]{10,}/ }, // Slack
  { kind: "service-token", pattern: /\bSG\.[\w-]{16,64}\.[\w-]{16,}/ }, // SendGrid
  { kind: "service-token", pattern: /\b(?:npm|dop_v1|shpat|shpss)_[A-Za-z0-9]{16,}/ }, // npm, DigitalOcean, Shopify
  { kind: "service-token", pattern: /\bsk-[\w-]{20,}/ }, // model providers
];

/** Any of them: most texts are none, and are looked at once. */
const ANY = new RegExp(SHAPES.map(({ pattern }) => `(?:${pattern.source})`).join("|"));

/** A password in a statement of SQL, other than Vault's placeholder. */
const SQL_PASSWORD = /\b((?:ENCRYPTED\s+)?PASSWORD\s+)(?:E?'(?!\{\{password\}\}')(?:[^']|'')*')/gi;

/** What is hidden of a text, and what stands there instead. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [SQL_PASSWORD, `$1'${HIDDEN}'`],
  ...SHAPES.map(({ pattern, hidden }) => hidden ?? ([new RegExp(pattern, "g"), HIDDEN] as const)),
];

/** A text without the secrets in it, with the rest around them. */
export function hideSecrets(text: string): string {
  if (!ANY.test(text) && !/PASSWORD/i.test(text)) return text;
  return REPLACEMENTS.reduce((shown, [secret, instead]) => shown.replace(secret, instead), text);
}

/**
 * What kind of secret somebody has written down in a text; nothing where there is none. A URL may have a
 * placeholder in the password's place, and a text may speak of a private key that it does not hold.
 */
export function secretKind(text: string): SecretKind | undefined {
  if (!ANY.test(text)) return undefined;
  return SHAPES.find(({ kind, pattern, hidden }) => {
    const found = pattern.exec(text);
    if (found === null) return false;
    if (kind === "url") return !URL_PLACEHOLDER.test(found[1] ?? "");
    return kind !== "key" || hidden === undefined || text.search(hidden[0]) >= 0;
  })?.kind;
}

/** What stands in a URL until somebody puts the password there. */
const URL_PLACEHOLDER = /^(\{\{.*\}\}|\$\(?\{?\w.*|<.*>|%s|\*+|x+)$/i;

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
  return ANY.test(text);
}

/** Whether a text is a secret by its shape, or sets one: `--password=…`, `?token=…`. */
export function holdsSecret(text: string): boolean {
  return looksSecret(text) || assigned(text).some(isWrittenDown);
}

/** Whether the value of a variable or setting is a secret: by its name, or by what it holds. */
export function isSecretSetting(name: string, value: string): boolean {
  if (holdsSecret(value)) return true;
  return isSecretName(camelParted(name)) && isWrittenDown(value);
}

/** Whether the value of something with this name is the secret itself: `smtp_pass`, `api_key`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** `apiKey` as `api_Key`, so that one pattern reads both spellings. */
function camelParted(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2");
}

function assigned(text: string): string[] {
  if (!/[=:]/.test(text)) return [];
  return [...text.matchAll(ASSIGNMENT)].map(([whole, value = ""]) =>
    // In prose a colon is no assignment: "the password: rotates daily".
    /[:]\s*["']?[^\s"'&;,)]+$/.test(whole) && !/\d|["']/.test(value + whole) ? "" : value,
  );
}

/** Not a placeholder, a path, a switch or a number; and no sentence. */
export function isWrittenDown(value: string): boolean {
  const bare = value.replace(/^["']/, "");
  return bare.length >= 4 && !/\s/.test(bare) && !PLACEHOLDER.test(value) && !HARMLESS_VALUE.test(bare);
}

/** A text without what stands before the host of an address: `https://user:pw@host` is `https://…@host`. */
export function withoutUserinfo(text: string): string {
  return text
    .replace(/(:\/\/)[^/\s"'?#]*@/g, "$1…@")
    .replace(/(^|[\s"'=])[^\s"'=:/@]+:[^\s"'/@]+@(?!sha256:)/g, "$1…@");
}

const DATABASE_PASSWORD =
  /^(PGPASSWORD|PGPASSFILE|(.*_)?(DB|DATABASE|POSTGRES(QL)?|PG|SQL)_?(PASS(WORD)?|PWD)|SPRING_DATASOURCE_PASSWORD)$/;
const DATABASE_URL = /^((.*_)?(DATABASE|DB|POSTGRES(QL)?|PG)_?(URL|URI|DSN)|SPRING_DATASOURCE_URL)$/;

/** Whether applications take a database's password from the variable of a name, or an address that may have one in it. */
export function databaseVariable(name: string): "password" | "url" | undefined {
  if (DATABASE_PASSWORD.test(name)) return "password";
  return DATABASE_URL.test(name) ? "url" : undefined;
}
