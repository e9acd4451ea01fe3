import { credsPath, type AccessGraph, type ReadFailure } from "../access";
import { allOf, certain, type Certain } from "./answer";
import { shownLogin } from "./login";
import type { Doubt, PeopleReport } from "./model";
import type { Services } from "./services";
import { counted, placeOf, textOf } from "./words";

/** Whether everything could be read: where there was nothing to read, nothing was judged either. */
export function readWhole(graph: AccessGraph, failures: readonly ReadFailure[]): Certain {
  const things = [...graph.terraform.resources, ...graph.workloads];
  const looked = allOf(things, "neither a resource of Terraform nor a workload was read", () => undefined);
  if (looked.value === "not-known") return looked;
  const files = [...new Set(failures.map(({ file }) => file))];
  const modules = graph.terraform.unresolvedModules.map(({ source }) => source);
  return certain([
    ...(files.length > 0
      ? [`${counted(files.length, "file")} could not be read whole: ${files.join(", ")}`]
      : []),
    ...(modules.length > 0
      ? [`${counted(modules.length, "module")} could not be read: ${modules.join(", ")}`]
      : []),
  ]);
}

/** Everything by which somebody may reach more than the report tells. */
export function doubtsOf(
  graph: AccessGraph,
  { reports: services, logins: opening, privileges }: Services,
  failures: readonly ReadFailure[],
  people: readonly PeopleReport[] = [],
): Doubt[] {
  const general = [
    ...graph.unknowns.map(({ at, argument }) => `${placeOf(at).address}: ${argument} is known only at apply`),
    ...failures
      .filter((each) => !isTold(each, graph))
      .map(
        ({ file, line, message }) =>
          `${file}${line === undefined ? "" : `:${line}`} could not be read: ${message}`,
      ),
    ...graph.madeSecrets
      .filter(({ kind }) => kind === "VaultDynamicSecret")
      .map(
        ({ origin }) =>
          `${placeOf(origin).address}: an operator writes credentials into a Secret by it, and what whoever reads that may do is not known`,
      ),
    ...graph.sqlRoles.doubts.map(({ file, line, text }) => `${file}:${line}: ${text}`),
  ];
  const nothing = readWhole(graph, []);
  const logins = graph.authRoles.flatMap((role) => opening.reports.get(role) ?? []);
  const asked = new Set(services.flatMap(({ accesses }) => accesses.map(({ credsPath: path }) => path)));
  // What a login opens counts, whether or not a pod asks for it.
  const opened = graph.authRoles.flatMap((role) =>
    opening.opened(role).flatMap((each) => {
      const path = textOf(credsPath(each));
      return asked.has(path)
        ? []
        : privileges(each)
            .unread.filter((text) => !general.includes(text))
            .map((text) => `what ${path} gives: ${text}`);
    }),
  );
  return unique([
    ...services.flatMap(({ id, whole }) =>
      whole.value === "yes" ? [] : whole.reason.split("; ").map((text) => ({ service: id, text })),
    ),
    ...people.flatMap(({ id, accesses }) =>
      accesses.flatMap(({ whole }) =>
        whole.value === "yes" ? [] : whole.reason.split("; ").map((text) => ({ service: id, text })),
      ),
    ),
    ...logins.flatMap((login) =>
      login.opensWhole.value === "yes"
        ? []
        : [{ service: null, text: `what ${shownLogin(login)} opens: ${login.opensWhole.reason}` }],
    ),
    ...[...opened, ...general, ...(nothing.value === "yes" ? [] : [nothing.reason])].map((text) => ({
      service: null,
      text,
    })),
  ]);
}

/** What SQL could not be read says the reader of roles itself. */
function isTold({ file, line }: ReadFailure, { sqlRoles }: AccessGraph): boolean {
  return sqlRoles.doubts.some((doubt) => doubt.file === file && doubt.line === line);
}

function unique(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map((doubt) => [`${doubt.service}\n${doubt.text}`, doubt])).values()];
}

/** On one line. */
export function shownDoubt({ service, text }: Doubt): string {
  return service === null ? text : `${service}: ${text}`;
}
