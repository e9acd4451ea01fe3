import type { ServiceDatabase } from "./platform";

/** Where the contract is mounted. */
export const CONTRACT_DIRECTORY = "/etc/leasehold";
/** Name of the contract's file, and key of its ConfigMap. */
export const CONTRACT_FILE = "contract.json";

/** File name, and key of the ConfigMap, of a database's CA. */
export function rootCertificateFile(database: string): string {
  return `${database}-ca.crt`;
}

/** Path of the CA that the application checks the server's certificate with; null where it has no own one to check. */
export function rootCertificatePath({ name, tls }: ServiceDatabase): string | null {
  const given = tls.mode === "verify-full" && tls.caCertificate !== undefined;
  return given ? `${CONTRACT_DIRECTORY}/${rootCertificateFile(name)}` : null;
}
