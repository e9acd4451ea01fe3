import { block, blocks, only, optional, text, textLike, type Keys, type Shape } from "../shape";
import { fromFile, vaultNamespace, yes } from "./common";

/** One exact version, or a range of versions whose arguments were compared. */
const provider = (source: RegExp, versions: RegExp): Shape =>
  block({
    source: textLike(source, "be the provider that the proof knows"),
    version: textLike(versions, "be one version, or a range of those whose arguments the proof knows"),
  });

/** `required_version` from which there are write-only arguments, and with no way around it. */
const requiredVersion = textLike(
  /^>= 1\.(1[1-9]|[2-9]\d)$/,
  "be >= 1.11 at least: an earlier Terraform does not know write-only arguments",
);

/** Where states lie; each is of one stack, encrypted and locked as far as the kind knows it. */
const BACKENDS: Readonly<Record<string, Keys>> = {
  local: { path: text },
  s3: {
    bucket: text,
    region: textLike(/^[a-z]{2}(-[a-z]+)+-\d$/, "be a region"),
    key: text,
    encrypt: yes,
    use_lockfile: yes,
    kms_key_id: optional(text),
  },
  gcs: { bucket: text, prefix: text },
  azurerm: { resource_group_name: text, storage_account_name: text, container_name: text, key: text },
  http: {
    address: textLike(/^https?:\/\//, "be a URL"),
    lock_address: textLike(/^https?:\/\//, "be a URL"),
    unlock_address: textLike(/^https?:\/\//, "be a URL"),
    lock_method: only("POST"),
    unlock_method: only("DELETE"),
  },
  kubernetes: {
    secret_suffix: text,
    namespace: text,
    in_cluster_config: optional(yes),
    config_path: optional(text),
    config_context: optional(text),
  },
};

/** The block `terraform` of a root: no key of a store stands in it. */
export const settings: Shape = block({
  required_version: requiredVersion,
  required_providers: block({
    vault: optional(provider(/^hashicorp\/vault$/, /^5\.\d+\.\d+$|^>= 5\.([6-9]|1[0-3])\.\d+, < 5\.14\.0$/)),
    kubernetes: optional(
      provider(
        /^(hashicorp\/)?kubernetes$/,
        /^(2\.(3[89]|[4-9]\d)|3\.[0-4])\.\d+$|^>= (2\.(3[89]|[4-9]\d)|3\.[0-4])\.\d+, < 3\.5\.0$/,
      ),
    ),
    helm: optional(provider(/^(hashicorp\/)?helm$/, /^3\.[1-3]\.\d+$|^>= 3\.[1-3]\.\d+, < 3\.4\.0$/)),
  }),
  backend: block(
    Object.fromEntries(Object.entries(BACKENDS).map(([kind, keys]) => [kind, optional(block(keys))])),
  ),
});

const cluster: Keys = { config_path: optional(text), config_context: optional(text) };

const loginNamespace: Keys = { namespace: optional(vaultNamespace), use_root_namespace: optional(yes) };

/** How each provider reaches what it writes to. A token, a password or a key would be in Git. */
export const PROVIDERS: ReadonlyMap<string, Shape> = new Map([
  [
    "vault",
    block({
      address: optional(textLike(/^https?:\/\/[^\s/?#@]+$/, "be the URL of Vault")),
      namespace: optional(vaultNamespace),
      ca_cert_file: optional(text),
      auth_login_jwt: optional(blocks({ mount: text, role: text, ...loginNamespace })),
      auth_login: optional(
        blocks({
          path: textLike(/^auth\/.+\/login$/, "be the path of a login"),
          ...loginNamespace,
          parameters: block({
            role: text,
            jwt: fromFile,
          }),
        }),
      ),
    }),
  ],
  ["kubernetes", block(cluster)],
  ["helm", block({ kubernetes: optional(block(cluster)) })],
]);

/** A variable: of a secret that no state keeps, or of one that the state keeps. */
export const ephemeralVariable: Shape = block({
  type: only("string"),
  // What people are asked for.
  description: text,
  // Only the first apply needs it; without a default each later one would ask for it.
  default: only(""),
  sensitive: yes,
  ephemeral: yes,
});

/** One that every apply needs: with a default the empty text would take the place of what is there. */
export const askedVariable: Shape = block({
  type: only("string"),
  description: text,
  sensitive: yes,
  ephemeral: yes,
});

export const keptVariable: Shape = block({
  type: only("string"),
  description: text,
  sensitive: yes,
});
