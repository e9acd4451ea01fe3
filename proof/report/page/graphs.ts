import type { AccessReport, Reach, ServiceReport } from "../model";
import { counted, groupedBy } from "../text";
import { drawing, type Drawn, type Edge } from "./drawing";
import type { Markup } from "./markup";
import { inOrderOf, schemaOf } from "./overview";
import { byTable } from "./privileges";
import { linkTo } from "./routes";
import type { Reached, ShownEnvironment } from "./shown";

/** More boxes below each other are no picture: those of one schema, or of one namespace, are then one box. */
const FEW = 20;

/** Boxes and edges, each once: what two ways share they share in the picture. */
class Graph {
  private readonly nodes = new Map<string, Drawn>();
  private readonly edges = new Map<string, Edge & { readonly verbs: Set<string> }>();

  add(kind: string, name: string, link?: string): string {
    const id = `${kind} ${name}`;
    if (!this.nodes.has(id)) this.nodes.set(id, { id, kind, name, ...(link !== undefined && { link }) });
    return id;
  }

  join(from: string, to: string, verbs: readonly string[] = []): void {
    const key = `${from}\n${to}`;
    const edge = this.edges.get(key) ?? { from, to, text: "", verbs: new Set<string>() };
    for (const verb of verbs) edge.verbs.add(verb);
    this.edges.set(key, edge);
  }

  /** One after the other; the end of the way. */
  way(...ids: readonly string[]): string {
    ids.slice(1).forEach((id, index) => this.join(ids[index] as string, id));
    return ids.at(-1) ?? "";
  }

  drawn(title: string): Markup {
    const edges = [...this.edges.values()].map(({ verbs, ...edge }) => ({
      ...edge,
      text: inOrderOf([...verbs]).join(" "),
    }));
    return drawing(title, [...this.nodes.values()], edges);
  }
}

/** From the pods of a service to all that it reaches. */
export function serviceGraph(environment: string, service: ServiceReport): Markup {
  const graph = new Graph();
  for (const access of service.accesses) {
    const end = graph.way(...wayOf(graph, service, access));
    const tables = byTable(access.privileges);
    const ends =
      tables.length <= FEW
        ? tables
        : [...groupedBy(tables, ([, [first]]) => (first ? schemaOf(first) : ""))].map(
            ([schema, own]): [string, AccessReport["privileges"], string] => [
              schema,
              own.flatMap(([, each]) => each),
              counted(own.length, "table"),
            ],
          );
    for (const [id, own, many] of ends as readonly (readonly [
      string,
      AccessReport["privileges"],
      string?,
    ])[]) {
      const link = many === undefined ? linkTo(environment, "table", id) : undefined;
      graph.join(
        end,
        graph.add(many ?? own[0]?.object ?? "table", id, link),
        own.map(({ verb }) => verb),
      );
    }
  }
  return graph.drawn(`From the pods of ${service.name} to what they reach`);
}

function wayOf(graph: Graph, { name, workloads }: ServiceReport, access: AccessReport): string[] {
  const { login, policies, role } = access;
  const [workload] = workloads;
  const group = role?.groupRoles[0];
  return [
    graph.add("pods of", name),
    ...(workload ? [graph.add("ServiceAccount", workload.serviceAccount.name)] : []),
    ...(login ? [graph.add("auth role", login.name ?? "?")] : []),
    ...policies.slice(0, 1).map((policy) => graph.add("policy", policy.name ?? "?")),
    ...(role ? [graph.add("database role", role.name ?? "?")] : []),
    ...(group === undefined ? [] : [graph.add("group role", group)]),
  ];
}

/** Everybody who reaches a table, by the role that it is granted to. */
export function tableGraph({ name, lines }: ShownEnvironment, reached: Reached): Markup {
  const graph = new Graph();
  const table = graph.add(reached.object ?? "table", reached.id);
  const teams = new Map(lines.map(({ id, namespace }) => [id, namespace ?? "no namespace"]));
  const isMany = new Set(reached.reachedBy.map(whoOf)).size > FEW;
  const groups = groupedBy(reached.reachedBy, (reach) =>
    isMany ? (teams.get(reach.service ?? "") ?? whoOf(reach)) : whoOf(reach),
  );
  for (const [who, own] of groups) {
    const verbs = own.flatMap(({ verbs: each }) => each.map(({ verb }) => verb));
    if (isMany) {
      const count = new Set(own.map(whoOf)).size;
      graph.join(graph.add(counted(count, "service"), who), table, verbs);
      continue;
    }
    for (const reach of own) {
      const from = graph.add(...boxOf(name, reach));
      const roles = reach.path.map((role) => graph.add("group role", role));
      graph.join(
        graph.way(from, ...roles),
        table,
        reach.verbs.map(({ verb }) => verb),
      );
    }
  }
  return graph.drawn(`Who reaches ${reached.id}`);
}

function whoOf({ service, login }: Reach): string {
  return service ?? login;
}

function boxOf(environment: string, { service, login, how }: Reach): [string, string, string?] {
  if (service === null) return ["login", login];
  return [
    how === "could" ? "could" : service.startsWith("people/") ? "people" : "pods of",
    service,
    linkTo(environment, "service", service),
  ];
}
