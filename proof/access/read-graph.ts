import { buildGraph, type BuiltGraph } from "./build";
import { readTerraform, type TerraformInput } from "./terraform/read";
import type { TextFile } from "./text-file";

/** A configuration as it lies on disk. */
export interface ConfigurationFiles {
  readonly terraform: TerraformInput;
  /** Kubernetes objects in YAML. */
  readonly manifests: readonly TextFile[];
  /** SQL that gives PostgreSQL's roles their privileges. */
  readonly sql: readonly TextFile[];
}

/** Reads a configuration and joins it to a graph; what cannot be read is told beside it. */
export async function readGraph({ terraform, manifests, sql }: ConfigurationFiles): Promise<BuiltGraph> {
  const { configuration, failures } = await readTerraform(terraform);
  const built = await buildGraph({ terraform: configuration, manifests, sql });
  return { graph: built.graph, failures: [...failures, ...built.failures] };
}
