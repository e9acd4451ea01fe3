/**
 * A host as one text, however it is spelled: case, a dot at the end, the forms of IPv4 and IPv6, the names of
 * the own machine, and a Service's name with or without `cluster.local`. No name is looked up: two names that
 * DNS leads to one address stay two.
 */
export function canonicalHost(host: string): string {
  const bare = host
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
  const written = bare.includes(":") ? `http://[${bare}]` : `http://${bare}`;
  // As the URL standard reads hosts: 0x7f.1 is 127.0.0.1, and each IPv6 address has one spelling.
  const read = URL.canParse(written) ? new URL(written).hostname.replace(/^\[(.*)\]$/, "$1") : bare;
  const address = fromMapped(read);
  if (OWN_MACHINE.has(address) || address.endsWith(".localhost")) return "localhost";
  return address.replace(/\.svc\.cluster\.local$/, ".svc");
}

const OWN_MACHINE = new Set(["localhost", "localhost.localdomain", "127.0.0.1", "::1", "0.0.0.0", "::"]);

/** `::ffff:10.0.0.1`, which the URL standard writes as `::ffff:a00:1`, is 10.0.0.1. */
function fromMapped(address: string): string {
  const [, high = "", low = ""] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === "") return address;
  const bytes = [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 0xff]);
  return bytes.join(".");
}

/**
 * How far a canonical host means the same: `machine` on one machine, `cluster` in one Kubernetes cluster,
 * `everywhere` for names with a domain and for addresses.
 */
export function scopeOfHost(canonical: string): "machine" | "cluster" | "everywhere" {
  if (canonical === "localhost") return "machine";
  const isShort = !canonical.includes(".") && !canonical.includes(":");
  return isShort || canonical.endsWith(".svc") ? "cluster" : "everywhere";
}
