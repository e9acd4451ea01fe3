import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { CredentialsError } from "./credentials-file";
import { FileError, readSmallFile } from "./small-file";

/** A CA's certificates, and what TLS makes of them: once, for the roots of a system take 100 ms. */
export interface Ca {
  /** In PEM. */
  readonly text: string;
  readonly secureContext: SecureContext;
}

/**
 * Reads the CA's certificates.
 *
 * @param before what was read the time before; it is the answer where nothing has changed
 * @throws CredentialsError where they are missing, unreadable or no certificates
 */
export async function readCa(file: string, before?: Ca): Promise<Ca> {
  try {
    // What stands beside the certificates may be of any encoding.
    const text = (await readSmallFile(file)).toString();
    return text === before?.text ? before : parsed(text);
  } catch (error) {
    const { reason, message } = error as FileError;
    throw new CredentialsError(file, reason, message, "CA file");
  }
}

function parsed(text: string): Ca {
  // Of an empty text Node makes its own roots; of half a file, whatever it finds.
  if (!isWhole(text)) throw notWhole();
  try {
    return { text, secureContext: createSecureContext({ ca: text }) };
  } catch {
    throw notWhole();
  }
}

function notWhole(): FileError {
  return new FileError("malformed", "it holds no whole certificate in PEM");
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;
/** The beginning of a block, or what a file that is cut short may end with of one. */
const BEGUN = /-----BEGIN|-(B(E(G(IN?)?)?)?)?$/;

function isWhole(text: string): boolean {
  if (BEGUN.test(text.replace(BLOCK, ""))) return false;
  const certificates = [...text.matchAll(BLOCK)].filter(([, label]) => label?.endsWith("CERTIFICATE"));
  try {
    return (
      certificates.length > 0 && certificates.every(([block]) => new X509Certificate(block).raw.length > 0)
    );
  } catch {
    return false;
  }
}
