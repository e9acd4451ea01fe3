import type { AccessGraph } from "../access";

/** The same function, which looks once at each graph: many rules ask the same of it. */
export function perGraph<T>(look: (graph: AccessGraph) => T): (graph: AccessGraph) => T {
  const seen = new WeakMap<AccessGraph, { readonly what: T }>();
  return (graph) => {
    const { what } = seen.get(graph) ?? { what: look(graph) };
    seen.set(graph, { what });
    return what;
  };
}
