import type { Origin } from "../origin";
import { asObject, asObjects, asText } from "../read";
import type { Known } from "../value";
import type { Manifest } from "./manifest";

/** A Secret that an operator keeps up to date, by a custom resource: nobody who read that alone knows how long it lives. */
export interface MadeSecret {
  readonly origin: Origin;
  /** Kind of the custom resource. */
  readonly kind: string;
  readonly name: Known<string>;
  readonly namespace: Known<string>;
}

/**
 * The Secrets that a custom resource makes: of the Vault Secrets Operator, of External Secrets, of the CSI driver,
 * and of Doppler's and 1Password's operators. A SealedSecret is a password that somebody wrote down, and none of them.
 */
export function readMadeSecrets({ origin, kind, name, namespace, body }: Manifest): MadeSecret[] {
  const spec = asObject(body.spec);
  const made = (each: Known<string>) => ({ origin, kind, name: each, namespace });
  switch (kind) {
    case "VaultDynamicSecret":
    case "VaultStaticSecret":
    case "VaultPKISecret":
    case "HCPVaultSecretsApp":
      return [made(asText(asObject(spec.destination).name))];
    case "ExternalSecret":
      return [made(asText(asObject(spec.target).name) ?? name)];
    case "DopplerSecret":
      return [made(asText(asObject(spec.managedSecret).name))];
    case "OnePasswordItem":
      return [made(name)];
    case "SecretProviderClass":
      return asObjects(spec.secretObjects).map(({ secretName }) => made(asText(secretName)));
    default:
      return [];
  }
}
