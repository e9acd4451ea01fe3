/** A name as SQL reads it, whatever it is: reserved word, mixed case, quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table or sequence with its schema, so that no search_path has a say. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** A text as SQL reads it; a backslash is doubled in the `E''` form, whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? `E${quoted}` : quoted;
}

/** A list of texts as SQL reads it; an empty one has no type unless it says so. */
export function quoteArray(texts: readonly string[]): string {
  return `ARRAY[${texts.map(quoteLiteral).join(", ")}]${texts.length === 0 ? "::text[]" : ""}`;
}

/** A comment of one line: whatever it says, it cannot become a statement. */
export function commentLine(text: string): string {
  return `-- ${text.replace(/[\u0000-\u001f\u007f]+/g, " ")}`.trimEnd();
}

/**
 * An anonymous block of PL/pgSQL. Its dollar quote is one that the body does not contain, and its END
 * stands in capitals on a line of its own: Vault splits a statement at each `;` unless it finds the
 * word END in capitals outside of quotes, and it takes quotes to end with the line.
 */
export function doBlock(body: string): string {
  let tag = "$leasehold$";
  while (body.includes(tag)) tag = tag.replace(/\$$/, "_$");
  return `DO ${tag}\n${body}\n END ${tag}`;
}
