import { shownWaived } from "../../rules";
import type { BudgetReport, EnvironmentReport, ReportedFinding } from "../model";
import { counted, form, shownPlace } from "../words";
import { drawing, type DrawnEdge, type DrawnNode } from "./drawing";
import { breakable, chips, html, idOf, type Markup } from "./markup";

/** What there is to know at a glance. */
export function summary(report: EnvironmentReport): Markup {
  const { services, tables, findings, guardrails, state, doubts, readWhole } = report;
  const open = findings.filter(({ waived }) => waived === null);
  const waived = findings.length - open.length;
  const count = (value: "no" | "not-known") => guardrails.filter(({ met }) => met.value === value).length;
  const unread = readWhole.value === "not-known" || doubts.length > 0;
  return html`<div class="cards">
    ${card(services.length, form(services.length, "service"))}
    ${card(tables.length, `${form(tables.length, "table")} that somebody reaches${unread ? ", of those that are known" : ""}`, unread ? "warn" : "")}
    ${card(open.length, form(open.length, "open finding"), toneOf(open, readWhole))}
    ${card(waived, form(waived, "waived finding"), waived > 0 ? "warn" : "good")}
    ${card(count("no"), `${form(count("no"), "guardrail")} not met`, count("no") > 0 ? worst(report) : count("not-known") > 0 ? "warn" : "good")}
    ${count("not-known") > 0 ? card(count("not-known"), `${form(count("not-known"), "guardrail")} of which nobody knows`, "warn") : ""}
    ${card(SECRETS[state.secrets.value], "secret in Terraform's state", { yes: "bad", no: "good", "not-known": "warn" }[state.secrets.value])}
  </div>`;
}

const SECRETS = { yes: "maybe a", no: "no", "not-known": "not known: a" };

function card(value: number | string, label: string, tone = ""): Markup {
  return html`<div class="card"><strong class="${tone}">${value}</strong> ${label}</div> `;
}

/** As bad as the worst of them; nothing found in what was not read is no good news. */
function toneOf(open: readonly ReportedFinding[], readWhole: EnvironmentReport["readWhole"]): string {
  if (open.some(({ severity }) => severity === "error")) return "bad";
  return open.length > 0 || readWhole.value === "not-known" ? "warn" : "good";
}

/** A guardrail is as bad as what its rules have found. */
function worst({ findings, guardrails }: EnvironmentReport): string {
  const rules = guardrails.filter(({ met }) => met.value === "no").flatMap((each) => each.rules);
  const against = findings.filter(({ rule, waived }) => waived === null && rules.includes(rule));
  return against.some(({ severity }) => severity === "error") ? "bad" : "warn";
}

export function findings(environment: EnvironmentReport): Markup {
  const { name, findings: all, failures, unknowns, readWhole } = environment;
  return html`<h3 id="${idOf(name, "findings")}">Findings and waivers</h3>
    ${
      all.length === 0
        ? readWhole.value === "yes"
          ? html`<p class="good">No rule has found anything.</p>`
          : html`<p class="warn">No rule has found anything in what was read; not known: ${readWhole.reason}.</p>`
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
        ? html`<p class="warn">${counted(unknowns.length, "value")} that only an apply knows:</p>
            <ul>
              ${unknowns.map(
                ({ place, argument, expression }) =>
                  html`<li>
                    <code>${argument}</code> = <code>${expression}</code>
                    <div class="place">${breakable(shownPlace(place))}</div>
                  </li>`,
              )}
            </ul>`
        : ""
    }`;
}

function finding(found: ReportedFinding): Markup {
  const { rule, severity, message, fix, why, waived, waiver, resource, file } = found;
  const tone = waived !== null ? "muted" : severity === "error" ? "bad" : "warn";
  return html`<li>
    <span class="${tone}">${waived === null ? severity : "waived"}</span> <code>${rule}</code>:
    ${message}${waived === null ? html`. Fix: ${fix}` : html`. Waived: ${shownWaived(found)}${evidenceOf(waiver)}`}
    <div class="place">${breakable(`${resource}, ${file}`)}. ${why}</div>
  </li>`;
}

/** What alone is accepted, where the waiver says so. */
function evidenceOf(waiver: ReportedFinding["waiver"]): Markup {
  const evidence = waiver?.evidence ?? null;
  return evidence === null ? html`` : html`; this evidence alone: ${chips(evidence, "none")}`;
}

export function guardrails({ name, guardrails: all }: EnvironmentReport): Markup {
  const tones = { yes: "good", no: "bad", waived: "warn", "not-asked": "muted", "not-known": "warn" };
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
                <td><span class="${tones[met.value]}">${met.value.replace("-", " ")}</span>${met.value === "not-known" ? `: ${met.reason}` : ""}</td>
                <td>${chips(rules, "no rule")}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

/** Promises that people rely on, with who breaks them. */
export function guarantees({ name, guarantees: all }: EnvironmentReport): Markup {
  if (all.length === 0) return html``;
  const tones = { yes: "good", no: "bad", "not-known": "warn" };
  return html`<h3 id="${idOf(name, "guarantees")}">Guarantees</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">promise</th>
            <th scope="col">holds</th>
            <th scope="col">because</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ text, holds, evidence, reason }) =>
              html`<tr>
                <th scope="row">${text}</th>
                <td><span class="${tones[holds.value]}">${holds.value.replace("-", " ")}</span>${holds.value === "not-known" ? `: ${holds.reason}` : evidence.length > 0 ? `: ${evidence.join("; ")}` : ""}</td>
                <td>${reason}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

export function budgets({ name, budgets: all }: EnvironmentReport): Markup {
  if (all.length === 0) return html``;
  return html`<h3 id="${idOf(name, "budget")}">Lease budget</h3>
    ${all.map((budget) => budgetOf(budget))}`;
}

function budgetOf({
  connection,
  holds,
  liveLeases,
  credentialsPerSecond,
  connections,
}: BudgetReport): Markup {
  const loads = [
    ["at rest", "atRest"],
    ["at a rolling restart", "atRollingRestart"],
    ["after an outage", "afterOutage"],
  ] as const;
  const { value, limit } = credentialsPerSecond;
  return html`<h4>${connection}</h4>
    ${holds.value === "yes" ? "" : html`<p class="warn">Not known whole: ${holds.reason}.</p>`}
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
    ${secretsLine(secrets)}
    ${resources.length > 0 ? html`<p>${chips(resources.map(({ type, count }) => `${count} × ${type}`))}</p>` : ""}
    ${
      all.length === 0
        ? ""
        : html`<ul>
      ${all.map(
        ({ place, argument, status, text }) =>
          html`<li>
            <code>${argument}</code>: ${status}, ${text}
            <div class="place">${breakable(shownPlace(place))}</div>
          </li>`,
      )}
    </ul>`
    }`;
}

function secretsLine(secrets: EnvironmentReport["state"]["secrets"]): Markup {
  if (secrets.value === "not-known")
    return html`<p class="warn">Whether it holds a secret is not known: ${secrets.reason}.</p>`;
  return secrets.value === "no"
    ? html`<p class="good">No argument puts a secret into it.</p>`
    : html`<p class="bad">Some argument puts a secret into it: see the findings.</p>`;
}

/** Above that many services a line for each is no picture any more: namespaces are drawn instead. */
const FEW = 16;

/** Who reaches which table, drawn. */
export function overview({ name, services, people = [], tables }: EnvironmentReport): Markup {
  const few = services.length <= FEW;
  const ofService = new Map(
    [...services, ...people.map(({ id }) => ({ id, namespace: "people" }))].map(({ id, namespace }) => [
      id,
      few ? id : (namespace ?? "no namespace"),
    ]),
  );
  const from = new Set<string>();
  const logins = new Set<string>();
  const edges = new Map<string, DrawnEdge>();
  const shown = few ? tables : tables.slice(0, 60);
  for (const { id, reachedBy } of shown) {
    for (const { service, login } of reachedBy) {
      if (service === null) logins.add(login);
      const who = service === null ? login : (ofService.get(service) ?? service);
      from.add(who);
      edges.set(`${who}\n${id}`, { from: `s ${who}`, to: `t ${id}` });
    }
  }
  const link = (who: string) => (few && ofService.has(who) ? { link: idOf(name, "service", who) } : {});
  const nodes: DrawnNode[] = [
    ...[...from].map((who) => ({
      id: `s ${who}`,
      kind: logins.has(who) ? "login" : few ? "service" : "namespace",
      name: who,
      ...link(who),
    })),
    ...shown.map(({ id }) => ({ id: `t ${id}`, kind: "table", name: id, link: idOf(name, "table", id) })),
  ];
  const rest =
    tables.length > shown.length
      ? html`<p class="muted">The first ${shown.length} of ${counted(tables.length, "table")}; all of them stand <a href="#${idOf(name, "tables")}">in the list</a>.</p>`
      : "";
  return html`<h3 id="${idOf(name, "graph")}">Who reaches what</h3>
    ${rest}${drawing(`${few ? "Services" : "Namespaces"} of ${name} and the tables that they reach`, nodes, [...edges.values()])}`;
}
