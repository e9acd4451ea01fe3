import type { EnvironmentReport } from "./model";
import { counted } from "./words";

/** GitHub draws no more edges than that. */
const MOST_EDGES = 250;

/** Services and tables as a Mermaid graph; where there are too many to draw, a sentence that says so. */
export function mermaid({ services, tables, matrix }: EnvironmentReport): string {
  const edges = matrix.cells;
  if (edges.length + matrix.notKnown.length === 0) return "";
  if (edges.length > MOST_EDGES)
    return `${counted(edges.length, "way")} from ${counted(services.length, "service")} to ${counted(tables.length, "table")} are too many to draw here; the HTML report shows them.`;
  const [service, table] = [ids(matrix.services, "s"), ids(matrix.tables, "t")];
  const lines = [
    ...matrix.services.map((id) => `  ${service.get(id)}(["${label(id)}"])`),
    ...matrix.tables.map((id) => `  ${table.get(id)}[("${label(id)}")]`),
    ...(matrix.notKnown.length > 0 ? ['  unknown{{"not known"}}'] : []),
    ...matrix.notKnown.map((each) => `  ${service.get(each.service)} -.-> unknown`),
    ...edges.map(
      (edge) =>
        `  ${service.get(edge.service)} ${edge.how === "uses" && edge.holds.value === "yes" ? "-->" : "-.->"}|"${label(edge.verbs.join(", "))}"| ${table.get(edge.table)}`,
    ),
  ];
  return ["```mermaid", "flowchart LR", ...lines, "```"].join("\n");
}

function ids(names: readonly string[], prefix: string): ReadonlyMap<string, string> {
  return new Map(names.map((name, index) => [name, `${prefix}${index + 1}`]));
}

function label(text: string): string {
  return text.replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;").replaceAll("`", "'");
}
