import "reflect-metadata";
import { KeyObject, generateKeyPairSync, type webcrypto } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const LIFETIME_MS = 24 * 3600 * 1000;
/** Whoever looks at a certificate compares with a clock of his own, which may be one that was set back. */
const VALID_BEFORE_MS = 600_000;

/** A certificate and its key as PEM, and the files that hold them. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Who a leaf certificate is for. */
export interface LeafOptions {
  readonly commonName: string;
  /** Kubernetes reads a client's groups from here. */
  readonly organization?: string;
  /**
   * What a server is reached at.
   * @default - 127.0.0.1 and localhost
   */
  readonly names?: x509.JsonGeneralNames;
  /**
   * Before it nobody takes it.
   * @default - long enough ago for clocks that differ
   */
  readonly validFrom?: Date;
}

const LOOPBACK: x509.JsonGeneralNames = [
  { type: "ip", value: "127.0.0.1" },
  { type: "dns", value: "localhost" },
];

/** A CA of the bench's own, good for a day. */
export class CertificateAuthority {
  readonly certificate: string;
  readonly certificateFile: string;

  private constructor(
    private readonly directory: string,
    private readonly authority: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {
    this.certificate = `${authority.toString("pem")}\n`;
    this.certificateFile = write(directory, "ca.crt", this.certificate, 0o644);
  }

  static async create(directory: string, commonName = "leasehold-e2e"): Promise<CertificateAuthority> {
    fs.mkdirSync(directory, { recursive: true });
    const keys = await newKeys();
    const authority = await x509.X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [commonName] }],
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new CertificateAuthority(directory, authority, keys);
  }

  /** A certificate for a server on loopback and for a client alike. */
  async issue(
    name: string,
    { commonName, organization, names = LOOPBACK, validFrom }: LeafOptions,
  ): Promise<Certificate> {
    const keys = await newKeys();
    const leaf = await x509.X509CertificateGenerator.create({
      subject: [...(organization ? [{ O: [organization] }] : []), { CN: [commonName] }],
      issuer: this.authority.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      ...validity(validFrom),
      extensions: [
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.SubjectAlternativeNameExtension(names),
      ],
    });
    const certificate = `${leaf.toString("pem")}\n`;
    const key = KeyObject.from(keys.privateKey as webcrypto.CryptoKey).export({
      type: "pkcs8",
      format: "pem",
    }) as string;
    return {
      certificate,
      key,
      certificateFile: write(this.directory, `${name}.crt`, certificate, 0o644),
      keyFile: write(this.directory, `${name}.key`, key, 0o600),
    };
  }

  /** The key pair that signs ServiceAccount tokens of one cluster. */
  serviceAccountKeys(directory: string): { readonly publicKeyFile: string; readonly privateKeyFile: string } {
    fs.mkdirSync(directory, { recursive: true });
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    return {
      publicKeyFile: write(directory, "sa.pub", publicKey, 0o644),
      privateKeyFile: write(directory, "sa.key", privateKey, 0o600),
    };
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
}

function validity(notBefore = new Date(Date.now() - VALID_BEFORE_MS)): { notBefore: Date; notAfter: Date } {
  return { notBefore, notAfter: new Date(Date.now() + LIFETIME_MS) };
}

function write(directory: string, name: string, content: string, mode: number): string {
  const file = path.join(directory, name);
  fs.writeFileSync(file, content, { mode });
  return file;
}
