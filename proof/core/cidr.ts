import { isIP } from "node:net";
import { IPv4, IPv6, isValidCIDR, parseCIDR } from "ipaddr.js";

/**
 * What a range of addresses must be that lets somebody in, and not everybody; undefined where it is that.
 *
 * From 1.36 on Kubernetes refuses a range that does not start with its first address, and IPv4 addresses in IPv6's form
 * (its feature gate `StrictIPCIDRValidation`); before, it took both.
 */
export function cidrObjection(text: string): string | undefined {
  const [, address = "", length = ""] = /^([\da-f.:]+)\/([1-9]\d{0,2})$/i.exec(text) ?? [];
  // The library also takes addresses in forms that Kubernetes does not, such as 10.20 or 0x0a.0x14.0.0.
  if (isIP(address) === 0 || !isValidCIDR(text))
    return "be a range of addresses with its length, and not all of them (/0), which would let every pod in";
  const [parsed] = parseCIDR(text);
  if (parsed instanceof IPv6 && parsed.isIPv4MappedAddress())
    return "be a range of IPv4 addresses in IPv4's own form, which Kubernetes demands";
  const first = (parsed instanceof IPv4 ? IPv4 : IPv6).networkAddressFromCIDR(text);
  return parsed.toString() === first.toString()
    ? undefined
    : `start with the first address of its range, ${first.toString()}/${length}, as Kubernetes demands`;
}
