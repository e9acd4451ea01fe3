import type { ServiceReport } from "../model";
import type { Reached, ServiceLine, ShownEnvironment, ShownReports, ShownRest } from "./shown";
import { unfolder, type Folded, type Ref } from "./unfold";

/** The report as it stands in the page; `stored` in ../html/store.ts writes it. */
export interface Stored extends Folded {
  readonly made: Ref;
  readonly comparisons: Ref;
  readonly since: Ref;
  readonly environments: readonly StoredEnvironment[];
}

export interface StoredEnvironment {
  readonly rest: Ref;
  readonly tables: Ref;
  readonly lines: Ref;
  /** All about each service, in the order of `lines`. */
  readonly services: readonly Ref[];
}

/** The report as the page shows it; a service is read when somebody asks for it. */
export function readBack(stored: Stored): ShownReports {
  const read = unfolder(stored);
  return {
    made: read(stored.made) as ShownReports["made"],
    comparisons: read(stored.comparisons) as ShownReports["comparisons"],
    since: read(stored.since) as ShownReports["since"],
    environments: stored.environments.map((each) => environment(each, read)),
  };
}

function environment(
  { rest, tables, lines, services }: StoredEnvironment,
  read: (ref: Ref) => unknown,
): ShownEnvironment {
  const all = read(lines) as readonly ServiceLine[];
  const refs = new Map(all.map(({ id }, index) => [id, services[index]]));
  return {
    ...(read(rest) as ShownRest),
    tables: read(tables) as readonly Reached[],
    lines: all,
    service: (id) => {
      const ref = refs.get(id);
      return ref === undefined ? undefined : (read(ref) as ServiceReport);
    },
  };
}
