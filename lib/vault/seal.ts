import { urlProblems, vaultPathProblems, within, type Problem } from "../core";
import { stanza } from "./hcl";
import { fileNameProblems, firstOf, objectNameProblems, plainTextProblems } from "./text";

/**
 * How Vault's root key is protected. With `shamir`, people unseal every pod by hand after each restart;
 * with the others Vault unseals itself. The identity that may use the key comes from the cluster
 * (workload identity, node role), never from here.
 */
export type Seal =
  | {
      /** Key shares, held by people. */
      readonly kind: "shamir";
    }
  | AwsKmsSeal
  | GcpKmsSeal
  | AzureKeyVaultSeal
  | TransitSeal;

/** AWS KMS. */
export interface AwsKmsSeal {
  readonly kind: "awskms";
  /** Region of the key, such as `eu-west-1`. */
  readonly region: string;
  /** Identifier, ARN or alias of the key. */
  readonly kmsKeyId: string;
  /**
   * Address of KMS, for a VPC endpoint.
   *
   * @default - the public endpoint of the region
   * @protects nothing: it is AWS's own
   */
  readonly endpoint?: string;
}

/** Google Cloud KMS. */
export interface GcpKmsSeal {
  readonly kind: "gcpckms";
  /** Project that holds the key ring. */
  readonly project: string;
  /** Location of the key ring, such as `europe-west1` or `global`. */
  readonly region: string;
  /** Name of the key ring. */
  readonly keyRing: string;
  /** Name of the key. */
  readonly cryptoKey: string;
}

/** Azure Key Vault. */
export interface AzureKeyVaultSeal {
  readonly kind: "azurekeyvault";
  /** Tenant that holds the key vault. */
  readonly tenantId: string;
  /** Name of the key vault. */
  readonly vaultName: string;
  /** Name of the key. */
  readonly keyName: string;
}

/** The transit engine of another Vault. */
export interface TransitSeal {
  readonly kind: "transit";
  /** Address of the other Vault, https. */
  readonly address: string;
  /** Path of its transit engine, such as `transit`. */
  readonly mountPath: string;
  /** Name of the key. */
  readonly keyName: string;
  /** The Secret, in Vault's namespace, that holds the token for the other Vault. */
  readonly secret: TransitSecret;
}

/** A Secret that somebody else creates; only its name is written down here. */
export interface TransitSecret {
  /** Name of the Secret. */
  readonly name: string;
  /**
   * Key of the periodic, orphan token that may encrypt and decrypt with the key.
   *
   * @default "token"
   * @protects from a token in a literal: it stays in the Secret
   */
  readonly tokenKey?: string;
  /**
   * Key of the other Vault's CA, a PEM file.
   *
   * @default - the public CAs of the image
   * @protects from another Vault whose certificate nobody has checked
   */
  readonly caKey?: string;
}

/** Where the CA of the transit seal's Vault is mounted. */
export const TRANSIT_DIRECTORY = "/vault/transit";

/** The bundle of public CAs in the image hashicorp/vault. */
const PUBLIC_CAS = "/etc/ssl/certs/ca-certificates.crt";

/** The `seal` stanza; shamir has none. */
export function sealStanza(seal: Seal): string | undefined {
  return seal.kind === "shamir" ? undefined : stanza(`seal "${seal.kind}"`, sealSettings(seal));
}

function sealSettings(seal: Exclude<Seal, { kind: "shamir" }>): Record<string, string | undefined> {
  switch (seal.kind) {
    case "awskms":
      return { region: seal.region, kms_key_id: seal.kmsKeyId, endpoint: seal.endpoint };
    case "gcpckms":
      return {
        project: seal.project,
        region: seal.region,
        key_ring: seal.keyRing,
        crypto_key: seal.cryptoKey,
      };
    case "azurekeyvault":
      return { tenant_id: seal.tenantId, vault_name: seal.vaultName, key_name: seal.keyName };
    case "transit":
      return transitSettings(seal);
  }
}

/**
 * The CA is always written down: without `tls_ca_cert` the seal would take the pod's VAULT_CACERT, which
 * is the CA of this Vault and not of the other one.
 */
function transitSettings({ address, mountPath, keyName, secret }: TransitSeal): Record<string, string> {
  return {
    address,
    mount_path: mountPath,
    key_name: keyName,
    tls_ca_cert: secret.caKey === undefined ? PUBLIC_CAS : `${TRANSIT_DIRECTORY}/${secret.caKey}`,
  };
}

/** Everything that is wrong with a seal. */
export function sealProblems(seal: Seal): Problem[] {
  switch (seal.kind) {
    case "shamir":
      return [];
    case "transit":
      return transitProblems(seal);
    default:
      return Object.entries(seal)
        .filter(([name, value]) => name !== "kind" && value !== undefined)
        .flatMap(([name, value]) =>
          name === "endpoint" ? addressProblems(name, value) : plainTextProblems(name, value),
        );
  }
}

function transitProblems({ address, mountPath, keyName, secret }: TransitSeal): Problem[] {
  const { name, tokenKey = "token", caKey } = secret;
  return [
    ...addressProblems("address", address),
    ...firstOf(vaultPathProblems("mountPath", mountPath), plainTextProblems("mountPath", mountPath)),
    ...plainTextProblems("keyName", keyName),
    ...within("secret", [
      ...objectNameProblems("name", name),
      ...fileNameProblems("tokenKey", tokenKey),
      ...(caKey === undefined ? [] : fileNameProblems("caKey", caKey)),
    ]),
  ];
}

function addressProblems(property: string, address: string): Problem[] {
  return firstOf(urlProblems(property, address, ["https"]), plainTextProblems(property, address));
}
