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
