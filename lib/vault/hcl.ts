/** A setting of Vault's server configuration. */
export type HclValue = string | boolean;

/**
 * A stanza of Vault's server configuration, nested stanzas last. Strings are quoted as JSON, which HCL
 * reads in the same way; a setting without a value is left out.
 */
export function stanza(
  header: string,
  settings: Readonly<Record<string, HclValue | undefined>> = {},
  nested: readonly string[] = [],
): string {
  const lines = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const body = [...lines, ...nested];
  return body.length === 0 ? `${header} {}` : `${header} {\n${indent(body.join("\n"))}\n}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
