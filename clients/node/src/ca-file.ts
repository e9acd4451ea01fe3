import { X509Certificate } from "node:crypto";
import { CredentialsError } from "./credentials-file";
import { FileError, readSmallFile } from "./small-file";

/**
 * Reads the CA's certificates.
 *
 * @throws CredentialsError where they are missing, unreadable or no certificates
 */
export async function readCa(file: string): Promise<string> {
  try {
    const text = await readSmallFile(file);
    // Of an empty text Node makes its own roots; of half a file, whatever it finds.
    if (!isWhole(text)) throw new FileError("malformed", "it holds no whole certificate in PEM");
    return text;
  } catch (error) {
    const { reason, message } = error as FileError;
    throw new CredentialsError(file, reason, message, "CA file");
  }
}

function isWhole(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length < text.split("-----BEGIN ").length - 1) return false;
  try {
    return blocks.every((block) => new X509Certificate(block).raw.length > 0);
  } catch {
    return false;
  }
}
