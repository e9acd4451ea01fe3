import type { ClusterConnection } from "./cluster";

/**
 * Where Terraform keeps its state. No kind takes a credential: what stands here lands in the
 * synthesized JSON, so credentials come from the environment of the process that runs Terraform.
 */
export type StateBackend =
  | {
      readonly kind: "local";
      /**
       * Directory of the state files, relative to the project.
       * @default "state"
       * @protects from a state inside of `cdktf.out`, which a synth may empty
       */
      readonly directory?: string;
    }
  | {
      readonly kind: "s3";
      /** Name of the bucket. */
      readonly bucket: string;
      /** Region of the bucket. */
      readonly region: string;
      /**
       * Put before the stack's name, with a slash between them.
       * @default - keys start with the stack's name
       * @protects from two stacks of one environment on one state: every key holds the stack's name
       */
      readonly prefix?: string;
      /**
       * Key that the state is encrypted with.
       * @default - the bucket's own encryption
       * @protects from a state in clear: encryption is asked for in any case
       */
      readonly kmsKeyId?: string;
    }
  | {
      readonly kind: "gcs";
      /** Name of the bucket. */
      readonly bucket: string;
      /**
       * Put before the stack's name, with a slash between them.
       * @default - prefixes start with the stack's name
       * @protects from two stacks of one environment on one state: every key holds the stack's name
       */
      readonly prefix?: string;
    }
  | {
      readonly kind: "azurerm";
      /** Resource group of the storage account. */
      readonly resourceGroup: string;
      /** Storage account of the container. */
      readonly storageAccount: string;
      /** Container of the states. */
      readonly container: string;
      /**
       * Put before the stack's name, with a slash between them.
       * @default - keys start with the stack's name
       * @protects from two stacks of one environment on one state: every key holds the stack's name
       */
      readonly prefix?: string;
    }
  | {
      /** A server of Terraform's HTTP state protocol, with GitLab's paths and methods for locks. */
      readonly kind: "http";
      /** URL under which each stack's name is a state. */
      readonly address: string;
    }
  | {
      /** A Secret per stack in the cluster that the environment describes. */
      readonly kind: "kubernetes";
      /** Namespace of the Secrets. */
      readonly namespace: string;
    };

/** A `terraform.backend` block. */
export interface BackendBlock {
  readonly type: StateBackend["kind"];
  readonly settings: Readonly<Record<string, string | boolean>>;
}

/** The backend block of one stack. */
export function backendBlock(
  state: StateBackend,
  stackName: string,
  connection: ClusterConnection,
): BackendBlock {
  return { type: state.kind, settings: settings(state, stackName, connection) };
}

function settings(
  state: StateBackend,
  stackName: string,
  connection: ClusterConnection,
): BackendBlock["settings"] {
  switch (state.kind) {
    case "local":
      // Terraform runs in cdktf.out/stacks/<stack>, which a synth may empty: the state lives beside cdktf.out.
      return { path: `../../../${state.directory ?? "state"}/${stackName}.tfstate` };
    case "s3":
      return {
        bucket: state.bucket,
        region: state.region,
        key: `${keyOf(state.prefix, stackName)}.tfstate`,
        encrypt: true,
        use_lockfile: true,
        ...(state.kmsKeyId && { kms_key_id: state.kmsKeyId }),
      };
    case "gcs":
      return { bucket: state.bucket, prefix: keyOf(state.prefix, stackName) };
    case "azurerm":
      return {
        resource_group_name: state.resourceGroup,
        storage_account_name: state.storageAccount,
        container_name: state.container,
        key: `${keyOf(state.prefix, stackName)}.tfstate`,
      };
    case "http":
      return httpSettings(`${state.address}/${stackName}`);
    case "kubernetes":
      return { secret_suffix: stackName, namespace: state.namespace, ...clusterSettings(connection) };
  }
}

function keyOf(prefix: string | undefined, stackName: string): string {
  return prefix ? `${prefix}/${stackName}` : stackName;
}

function httpSettings(address: string): BackendBlock["settings"] {
  const lock = `${address}/lock`;
  return { address, lock_address: lock, unlock_address: lock, lock_method: "POST", unlock_method: "DELETE" };
}

function clusterSettings(connection: ClusterConnection): BackendBlock["settings"] {
  return connection.kind === "in-cluster"
    ? { in_cluster_config: true }
    : { config_path: connection.path ?? "~/.kube/config", config_context: connection.context };
}
