import { buildGraph, type AccessGraph } from "../../proof/access";
import { readTerraform } from "../../proof/access/terraform/read";
import { limits, type Context, type Rule, type Violation } from "../../proof/rules";

/** A graph of HCL, Terraform JSON, Kubernetes YAML and SQL, by the ending of the files' names. */
export async function graphOf(files: Readonly<Record<string, string>>): Promise<AccessGraph> {
  const texts = Object.entries(files).map(([file, text]) => ({ file, text }));
  const ending = (...endings: string[]) =>
    texts.filter(({ file }) => endings.some((each) => file.endsWith(each)));
  const { configuration, failures } = await readTerraform({
    roots: [{ directory: ".", files: ending(".tf", ".tf.json") }],
    plans: [],
  });
  const built = await buildGraph({
    terraform: configuration,
    manifests: ending(".yaml"),
    sql: ending(".sql"),
  });
  expect([...failures, ...built.failures]).toEqual([]);
  return built.graph;
}

/** What a rule finds in such files, held to the strict limits unless others are given. */
export async function violations(
  rule: Rule,
  files: Readonly<Record<string, string>> | string,
  context: Partial<Context> = {},
): Promise<{ resource: string; message: string; fix: string }[]> {
  const graph = await graphOf(typeof files === "string" ? { "main.tf": files } : files);
  return [...rule.check(graph, { limits: limits.strict, capacities: new Map(), ...context })].map(
    ({ at, message, fix }: Violation) => ({ resource: at.address, message, fix }),
  );
}
