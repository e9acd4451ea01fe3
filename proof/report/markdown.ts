/** A table; nothing without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) =>
    `| ${cells.map((each) => each.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text that is written as it is. */
export function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** Text in which nothing is markup. */
export function escaped(text: string): string {
  return text.replace(/[\\*_<>[\]|]/g, "\\$&").replaceAll("`", "'");
}
