import type { Origin } from "../origin";
import type { Unknown, Value } from "../value";
import type { Place } from "./order";

/** What one or more roots or stacks of Terraform say, judged as one; references are resolved. */
export interface TerraformConfiguration {
  readonly resources: readonly TerraformResource[];
  readonly variables: readonly TerraformVariable[];
  readonly outputs: readonly TerraformOutput[];
  readonly providers: readonly TerraformProvider[];
  /** The blocks `terraform` of the roots: backend, required version and providers. */
  readonly settings: readonly TerraformSettings[];
  readonly unresolvedModules: readonly UnresolvedModule[];
}

/** A call of a module that is not on disk; nobody knows what it makes. */
export interface UnresolvedModule {
  readonly origin: Origin;
  readonly source: string;
}

/** One instance of a resource or data source. */
export interface TerraformResource {
  readonly origin: Origin;
  readonly mode: "managed" | "data" | "ephemeral";
  readonly type: string;
  /** Arguments; nested blocks as objects, or lists of objects where there are several. Unset is absent. */
  readonly body: Readonly<Record<string, Value>>;
  /** The provider of the root that manages it, such as `vault` or `vault.staging`. */
  readonly provider?: string;
  /** The arguments as they are written, before anything was resolved: `"${var.password}"`. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Absent where the order is not known, as in what `terraform show` prints. */
  readonly place?: Place;
}

export interface TerraformVariable {
  readonly origin: Origin;
  readonly name: string;
  readonly sensitive: boolean;
  readonly ephemeral: boolean;
  readonly default?: Value;
  /** All arguments; absent in what `terraform show` prints. */
  readonly body?: Readonly<Record<string, Value>>;
}

export interface TerraformOutput {
  readonly origin: Origin;
  readonly name: string;
  readonly sensitive: boolean;
  /** The value as it is written. */
  readonly written: unknown;
  readonly value: Value | Unknown;
}

export interface TerraformProvider {
  readonly origin: Origin;
  /** Such as `vault`. */
  readonly name: string;
  readonly body: Readonly<Record<string, Value>>;
}

/** What a root says of Terraform itself. */
export interface TerraformSettings {
  readonly origin: Origin;
  readonly body: Readonly<Record<string, Value>>;
}
