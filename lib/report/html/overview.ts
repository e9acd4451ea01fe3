import type { AccessReports, BudgetReport, Comparison, EnvironmentReport, ReportedFinding } from "../model";
import { shownPlace } from "../words";
import { drawing, type DrawnEdge, type DrawnNode } from "./drawing";
import { chips, html, idOf, type Markup } from "./markup";

/** What there is to know at a glance. */
export function summary({ services, tables, findings, guardrails, state }: EnvironmentReport): Markup {
  const open = findings.filter(({ waived }) => waived === null);
  const unmet = guardrails.filter(({ met }) => met === "no");
  const card = (label: string, value: number | string, tone = "") =>
    html`<div class="card"><strong class="${tone}">${value}</strong>${label}</div>`;
  return html`<div class="cards">
    ${card("services", services.length)}${card("tables that somebody reaches", tables.length)}${card("open findings", open.length, open.length > 0 ? "bad" : "good")}${card("waived findings", findings.length - open.length, findings.length > open.length ? "warn" : "good")}${card("guardrails not met", unmet.length, unmet.length > 0 ? "bad" : "good")}${card("secrets in Terraform's state", state.secrets, state.secrets === "some" ? "bad" : "good")}
  </div>`;
}

export function findings(environment: EnvironmentReport): Markup {
  const { name, findings: all, failures, unknowns } = environment;
  return html`<h3 id="${idOf(name, "findings")}">Findings and waivers</h3>
    ${
      all.length === 0
        ? html`<p class="good">No rule has found anything.</p>`
        : html`<ul>
            ${all.map(finding)}
          </ul>`
    }
    ${
      failures.length > 0
        ? html`<p class="bad">Not read, so that this report does not speak of it:</p>
            <ul>
              ${failures.map(({ file, message }) => html`<li>${file}: ${message}</li>`)}
            </ul>`
        : ""
    }
    ${
      unknowns.length > 0
        ? html`<p class="warn">Values that only an apply knows: ${unknowns.length}</p>
            <ul>
              ${unknowns.map(
                ({ place, argument, expression }) =>
                  html`<li>
                    <code>${argument}</code> = <code>${expression}</code>
                    <div class="place">${shownPlace(place)}</div>
                  </li>`,
              )}
            </ul>`
        : ""
    }`;
}

function finding({ rule, severity, message, fix, why, waived, resource, file }: ReportedFinding): Markup {
  const tone = waived !== null ? "muted" : severity === "error" ? "bad" : "warn";
  return html`<li>
    <span class="${tone}">${waived === null ? severity : "waived"}</span> <code>${rule}</code>:
    ${message}${waived === null ? html`. Fix: ${fix}` : html`. Waived: ${waived}`}
    <div class="place">${resource}, ${file}. ${why}</div>
  </li>`;
}

export function guardrails({ name, guardrails: all }: EnvironmentReport): Markup {
  const tones = { yes: "good", no: "bad", waived: "warn", "not-asked": "muted", "not-judged": "muted" };
  return html`<h3 id="${idOf(name, "guardrails")}">Guardrails</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">guardrail</th>
            <th scope="col">asked</th>
            <th scope="col">met</th>
            <th scope="col">proven by</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ guardrail, asked, met, rules }) =>
              html`<tr>
                <th scope="row">${guardrail}</th>
                <td>${asked}</td>
                <td><span class="${tones[met]}">${met.replace("-", " ")}</span></td>
                <td>${chips(rules, "no rule")}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

export function budgets({ name, budgets: all }: EnvironmentReport): Markup {
  return html`<h3 id="${idOf(name, "budget")}">Lease budget</h3>
    ${all.map((budget) => budgetOf(budget))}`;
}

function budgetOf({ connection, liveLeases, credentialsPerSecond, connections }: BudgetReport): Markup {
  const loads = [
    ["at rest", "atRest"],
    ["at a rolling restart", "atRollingRestart"],
    ["after an outage", "afterOutage"],
  ] as const;
  const { value, limit } = credentialsPerSecond;
  return html`<h4>${connection}</h4>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">when</th>
            <th scope="col">live leases</th>
            <th scope="col">connections</th>
            <th scope="col">of ${connections.limit ?? "an unknown limit"}</th>
          </tr>
        </thead>
        <tbody>
          ${loads.map(
            ([label, key]) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td title="${liveLeases[key].reason}">${liveLeases[key].value}</td>
                <td title="${connections[key].reason}">${connections[key].value}</td>
                <td>
                  ${connections.limit === null ? "" : meter(`${connection}: connections ${label}`, connections[key].value, connections.limit)}
                </td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <p>
      Credentials per second at rest: ${value.toPrecision(2)} of ${limit}
      ${meter(`${connection}: credentials per second`, value, limit)}
    </p>`;
}

function meter(label: string, value: number, limit: number): Markup {
  return html`<meter
    min="0"
    max="${limit}"
    high="${limit * 0.8}"
    value="${Math.min(value, limit)}"
    aria-label="${label}"
  >
    ${value} of ${limit}
  </meter>`;
}

export function state({ name, state: { resources, arguments: all, secrets } }: EnvironmentReport): Markup {
  return html`<h3 id="${idOf(name, "state")}">What Terraform's state holds</h3>
    <p class="${secrets === "none" ? "good" : "bad"}">
      ${secrets === "none" ? "No argument puts a secret into it." : "Some argument puts a secret into it: see the findings."}
    </p>
    <p>${chips(resources.map(({ type, count }) => `${count} ${type}`))}</p>
    <ul>
      ${all.map(
        ({ place, argument, status, text }) =>
          html`<li>
            <code>${argument}</code>: ${status}, ${text}
            <div class="place">${shownPlace(place)}</div>
          </li>`,
      )}
    </ul>`;
}

/** Each environment beside the one before it. */
export function comparisons({ comparisons: all }: AccessReports): Markup {
  return html`${all.map(comparison)}`;
}

function comparison({ left, right, differences }: Comparison): Markup {
  const none = html`<p class="good">In nothing that this report knows.</p>`;
  const rows = differences.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.service}</th>
        <td>${each.aspect}</td>
        <td>${each.left}</td>
        <td>${each.right}</td>
      </tr> `,
  );
  return html`<h2 id="${idOf("differences", left, right)}">Where ${right} differs from ${left}</h2>
    ${
      differences.length === 0
        ? none
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">service</th>
                  <th scope="col">in</th>
                  <th scope="col">${left}</th>
                  <th scope="col">${right}</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }`;
}

/** Above that many services a line for each is no picture any more: namespaces are drawn instead. */
const FEW = 16;

/** Who reaches which table, drawn. */
export function overview({ name, services, tables }: EnvironmentReport): Markup {
  const few = services.length <= FEW;
  const ofService = new Map(
    services.map(({ id, namespace }) => [id, few ? id : (namespace ?? "no namespace")]),
  );
  const from = new Set<string>();
  const edges = new Map<string, DrawnEdge>();
  const shown = few ? tables : tables.slice(0, 60);
  for (const { id, reachedBy } of shown) {
    for (const { service, login } of reachedBy) {
      const who = service === null ? login : (ofService.get(service) ?? service);
      from.add(who);
      edges.set(`${who}\n${id}`, { from: `s ${who}`, to: `t ${id}` });
    }
  }
  const link = (who: string) => (few && ofService.has(who) ? { link: idOf(name, "service", who) } : {});
  const nodes: DrawnNode[] = [
    ...[...from].map((who) => ({
      id: `s ${who}`,
      kind: few ? "service" : "namespace",
      name: who,
      ...link(who),
    })),
    ...shown.map(({ id }) => ({ id: `t ${id}`, kind: "table", name: id, link: idOf(name, "table", id) })),
  ];
  const rest =
    tables.length > shown.length
      ? html`<p class="muted">The first ${shown.length} of ${tables.length} tables; the others are below.</p>`
      : "";
  return html`<h3 id="${idOf(name, "graph")}">Who reaches what</h3>
    ${rest}${drawing(`${few ? "Services" : "Namespaces"} of ${name} and the tables that they reach`, nodes, [...edges.values()])}`;
}
