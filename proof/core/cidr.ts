import { isIP } from "node:net";

const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** What a range of addresses must be that lets somebody in, and not everybody; undefined where it is that. */
export function cidrObjection(text: string): string | undefined {
  const [, address = "", length = ""] = /^([\da-f.:]+)\/([1-9]\d{0,2})$/i.exec(text) ?? [];
  return Number(length) <= (BITS[isIP(address)] ?? 0) && length !== ""
    ? undefined
    : "be a range of addresses with its length, and not all of them (/0), which would let every pod in";
}
