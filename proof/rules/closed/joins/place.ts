import type { Known, Origin } from "../../../access";

/** A path in one Vault, which in another one is another; nothing where a part is not known. */
export function placeOf(origin: Origin, ...parts: readonly Known<string>[]): string | undefined {
  return parts.every((part) => typeof part === "string")
    ? `${origin.vault ?? ""} ${parts.join("/")}`
    : undefined;
}

/** What is written in a list of references, without what HCL puts around each. */
export function references(written: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(written) ? written : [];
  return list.map((each) => String(each).replace(/^\$\{|\}$/g, ""));
}

/** The block that a reference names: `vault_mount.database` of `vault_mount.database.path`. */
export function blockOf(reference: string): string {
  return reference
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .slice(0, reference.startsWith("data.") ? 3 : 2)
    .join(".");
}
