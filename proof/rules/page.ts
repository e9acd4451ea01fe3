/** What the package `@leasehold/proof` holds on its rules; written when it is packed. */
const PACKED = "rules.md";

/**
 * Where everybody can read about a rule: in the package itself, as npm has published it. The repository has no address
 * of its own that is public.
 *
 * @param version of `@leasehold/proof`
 */
export function addressOf(rule: string, version: string): string {
  return `https://unpkg.com/@leasehold/proof@${version}/${PACKED}#${anchor(rule)}`;
}

/** Where a rule is explained, from the root of the repository. */
export function pageOf(rule: string): string {
  return `docs/rules.md#${anchor(rule)}`;
}

/** As GitHub makes it of a heading. */
export function anchor(heading: string): string {
  return heading.replace("/", "");
}
