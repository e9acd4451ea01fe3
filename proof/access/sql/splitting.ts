/**
 * The statements that Vault makes of one element of `creation_statements` or `revocation_statements`:
 * an element that says END in upper case runs whole, every other one is split at each semicolon.
 * Elements may be Base64 or a JSON list. (Vault, plugins/database/postgresql/postgresql.go.)
 */
export function splitByVault(element: string, { blocks }: { blocks: boolean }): string[] {
  return decoded(element).flatMap((text) => {
    if (blocks && /\bEND\b/.test(withoutQuoted(text))) return [text];
    return text
      .split(";")
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "");
  });
}

function decoded(element: string): string[] {
  const text = fromBase64(element) ?? element;
  if (!text.trimStart().startsWith("[")) return [text];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((each) => typeof each === "string") ? list : [text];
  } catch {
    return [text];
  }
}

function fromBase64(text: string): string | undefined {
  if (text === "" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+=*$/.test(text)) return undefined;
  return Buffer.from(text, "base64").toString("utf8");
}

function withoutQuoted(text: string): string {
  return text.replace(/'[^']*'|"[^"]*"/g, "");
}

/** An element as a person wrote it, before Vault splits it. */
export function decodedElement(element: string): string {
  return decoded(element).join(";\n");
}
