/** Where a rule is explained, from the root of the repository: no address of it is public. */
export function pageOf(rule: string): string {
  return `docs/rules.md#${anchor(rule)}`;
}

/** As GitHub makes it of a heading. */
export function anchor(heading: string): string {
  return heading.replace("/", "");
}
