/** Something in quotes, or a word that may hold quotes, such as `vault_mount.database["shop"]`. */
const PARTS = /(?<![^\s(])"((?:[^"\\]|\\.)*)"|((?:[^\s,;()=×+"]|(?<=\S)"[^"]*")+)/g;

/** Words of prose, such as `credential`, `Vault`, `Vault's`, `ServiceAccounts`: what a rule says itself. */
const PROSE = /^(?:[A-Za-z]?[a-z]+|[A-Z][a-z]+(?:[A-Z][a-z]+)+|I|SQL|API|TLS|PostgreSQL)(?:['’]s?)?$/;

/**
 * What a finding's message names: everything in quotes, and every word that is none of prose, such as a path, a number
 * or a verb of SQL. It is what a waiver names to accept this and nothing else: whatever the message names besides, or
 * will name when a table is added or the rule sees more, is other evidence, and the words around it may change.
 */
export function evidenceOf(message: string): string[] {
  const parts = [...message.matchAll(PARTS)].flatMap(([, quoted, word = ""]) => {
    if (quoted !== undefined) return [quoted];
    const bare = word.replace(/^[.:'“”]+|[.:'“”!]+$/g, "");
    return bare === "" || PROSE.test(bare) ? [] : [bare];
  });
  return [...new Set(parts)];
}

/** Whether both are the same, in any order. */
export function isSameEvidence(a: readonly string[], b: readonly string[]): boolean {
  const [one, other] = [new Set(a), new Set(b)];
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** `["INSERT","orders"]`, as it can be copied into a waiver. */
export function shownEvidence(evidence: readonly string[]): string {
  return JSON.stringify(evidence);
}
