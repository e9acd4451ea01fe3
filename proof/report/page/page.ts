import { comparison } from "./comparisons";
import { home } from "./home";
import { html, type Markup } from "./markup";
import { people } from "./people";
import { linkTo, type Route } from "./routes";
import { service } from "./service";
import type { ShownEnvironment, ShownReports } from "./shown";
import { table } from "./table";
import type { View } from "./view";

/** What stands on the page for what somebody looks at. */
export function page(reports: ShownReports, view: View): Markup {
  const { environment: name, kind, id } = view.route;
  const environment = reports.environments.find((each) => each.name === name);
  if (environment === undefined) return missing(reports, `an environment ${name}`);
  if (kind === "home" || kind === "part") return home(reports, environment, view);
  if (kind === "service")
    return aboutSomebody(environment, view) ?? missing(reports, `a service ${id} in ${name}`);
  if (kind === "table") return aboutTable(environment, view) ?? missing(reports, `a table ${id} in ${name}`);
  const beside = reports.comparisons.find(({ left, right }) => left === id && right === name);
  return beside ? comparison(beside, view) : missing(reports, `a comparison of ${name} with ${id}`);
}

/** A service by its id, or by its name where one alone has it; people have pages of their own as well. */
function aboutSomebody(environment: ShownEnvironment, view: View): Markup | undefined {
  const { name, lines, people: groups = [], findings } = environment;
  const { id } = view.route;
  const group = groups.find((each) => each.id === id);
  if (group) return html`${head(name, "people", group.name)}${people(name, group, view)}`;
  const named = lines.filter((each) => each.name === id);
  const line = lines.find((each) => each.id === id) ?? (named.length === 1 ? named[0] : undefined);
  const report = line && environment.service(line.id);
  if (report === undefined) return undefined;
  const found = findings.filter(({ services }) => services.includes(report.id));
  return html`${head(name, "service", report.id)}${service(name, report, found, view)}`;
}

function aboutTable(environment: ShownEnvironment, view: View): Markup | undefined {
  const reached = environment.tables.find(({ id }) => id === view.route.id);
  if (reached === undefined) return undefined;
  return html`${head(environment.name, reached.object ?? "table", reached.id)}${table(environment, reached, view)}`;
}

function head(environment: string, kind: string, name: string): Markup {
  return html`<p class="back"><a href="${linkTo(environment)}">← ${environment}</a></p>
<h2 id="title" tabindex="-1"><span class="muted">${kind}</span> ${name}</h2>
`;
}

function missing({ environments }: ShownReports, what: string): Markup {
  if (environments.length === 0)
    return html`<h2 id="title" tabindex="-1">This report is about no environment</h2>`;
  return html`<h2 id="title" tabindex="-1">Not here</h2>
<p>This report does not know ${what}. It is about:</p>
<ul>${environments.map(({ name }) => html`<li><a href="${linkTo(name)}">${name}</a></li>`)}</ul>`;
}

/** The environments and what stands beside each other, with where somebody is. */
export function navigation({ environments, comparisons }: ShownReports, route: Route): Markup {
  const link = (name: string, kind: "home" | "beside", text: string, id = "") => {
    const isHere =
      route.environment === name &&
      (kind === "beside" ? route.kind === kind && route.id === id : route.kind !== "beside");
    return html`<li><a href="${linkTo(name, kind, id)}"${isHere ? html` aria-current="page"` : ""}>${text}</a></li>`;
  };
  return html`<ul>${environments.map(({ name }) => link(name, "home", name))}${comparisons.map(({ left, right }) => link(right, "beside", `${right} beside ${left}`, left))}</ul>`;
}
