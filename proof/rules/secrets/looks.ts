import { ownValue } from "../../access";
import { isSecretName, isWrittenDown, secretKind, type SecretKind } from "../../core";

/** What makes a text look like a secret: its shape, or the name of its argument. */
export type Suspicion = SecretKind | "named";

/** Arguments whose names end like a secret's and that hold something else. */
const HARMLESS =
  /(token_type|_token_volume_name|secret_name|secretName|tokenPath|password_authentication|password_policy)$/i;

/** Why a text that stands at an argument looks like a secret; nothing where it does not. */
export function looksLikeSecret(argument: string, text: string): Suspicion | undefined {
  const kind = secretKind(text);
  if (kind !== undefined) return kind;
  const name = argument.split(".").at(-1) ?? argument;
  if (!isSecretName(name) || HARMLESS.test(name)) return undefined;
  return isWrittenDown(text) && isNoWord(text) ? "named" : undefined;
}

/**
 * Passwords that a file sets, each as the one group: `password=…` of an INI file or a connection string, `password: …`
 * at the beginning of a line of YAML or of properties, and `"password": "…"` of JSON.
 */
const SET_IN_FILE = [
  /(?:^|[\s'"?&])(?:password|passwd|pwd)=["']?([^\s"'&;,]{6,})/gim,
  /^[ \t]*(?:- *)?["']?[\w.-]*(?:password|passwd|pwd)["']?[ \t]*[:=][ \t]*["']?([^\s"'&;,]{6,})/gim,
  /"(?:[\w.-]*[_.-])?(?:password|passwd|pwd)"\s*:\s*"([^\s"]{6,})"/gi,
];

const PGPASS = /^[^#\s:][^\s:]*(?::[^\s:]*){3}:([^\s:]{6,})$/gm;

/** A user and a password, as PgBouncer and libpq keep them in files of these names. */
const OF_USERS: Readonly<Record<string, RegExp>> = {
  "userlist.txt": /^\s*"[^"]*"\s+"([^"]{6,})"/gm,
  pgpass: PGPASS,
  ".pgpass": PGPASS,
};

/** Whether a file sets a password to a text that somebody has written down there. */
export function setsPassword(file: string, text: string): boolean {
  const ofUsers = ownValue(OF_USERS, file);
  const set = [...SET_IN_FILE, ...(ofUsers === undefined ? [] : [ofUsers])].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, value = ""]) => value),
  );
  // What is called or filled in gives the password later.
  return set.some((value) => isWrittenDown(value) && isNoWord(value) && !/[({<]/.test(value));
}

/** What somebody else has written may be a word that a program chooses by: `required`, `vault`. */
function isNoWord(text: string): boolean {
  return text.length >= 6 && (entropy(text) > 2.5 || /\d/.test(text));
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
