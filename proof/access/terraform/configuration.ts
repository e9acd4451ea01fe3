import type { Origin } from "../origin";
import type { ValueObject } from "../read";
import type { Unknown, Value } from "../value";
import type { Place } from "./order";
import type { Mode } from "./syntax";

/** What one or more roots or stacks of Terraform say, judged as one; references are resolved. */
export interface TerraformConfiguration {
  readonly resources: readonly TerraformResource[];
  readonly actions: readonly TerraformAction[];
  readonly variables: readonly TerraformVariable[];
  readonly outputs: readonly TerraformOutput[];
  readonly providers: readonly TerraformProvider[];
  /** The blocks `terraform` of the roots: backend, required version and providers. */
  readonly settings: readonly TerraformSettings[];
  readonly unresolvedModules: readonly UnresolvedModule[];
  /** Blocks that nothing reads, such as `removed`. */
  readonly others: readonly { readonly origin: Origin; readonly name: string }[];
}

/** A call of a module that is not on disk; nobody knows what it makes. */
export interface UnresolvedModule {
  readonly origin: Origin;
  readonly source: string;
}

/** One instance of a resource or data source. */
export interface TerraformResource {
  readonly origin: Origin;
  readonly mode: Mode;
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

/** One instance of a block `action`. */
export interface TerraformAction extends Pick<TerraformResource, "origin" | "type"> {
  /** What it is given. */
  readonly config: ValueObject;
  /** Whether a resource has it done; without that only somebody who asks for it by hand does. */
  readonly isTriggered: boolean;
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
