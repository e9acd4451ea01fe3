import { isNotKnown, shownAnswer, type NotKnown } from "../answer";
import type {
  AccessReport,
  EnvironmentReport,
  Hop,
  PeopleReport,
  Place,
  Privilege,
  ReportedFinding,
  ServiceReport,
} from "../model";
import { duration } from "../../rules/words";
import { shownPeopleLogins } from "../people";
import { tableId } from "../privileges";
import { counted, shownPlace, shownVerb } from "../words";
import { drawnWay, type Drawn } from "./drawing";
import { breakable, chips, html, idOf, type Markup } from "./markup";
import { timeline } from "./timeline";

/** Who reads credentials by a group of Vault's identities, and what they can do. */
export function people({ name, people: all = [] }: EnvironmentReport): Markup {
  if (all.length === 0) return html``;
  return html`<h3 id="${idOf(name, "people")}">What people can do</h3>
    ${all.map((each) => peopleSection(name, each))}`;
}

function peopleSection(environment: string, each: PeopleReport): Markup {
  const held = each.accesses.flatMap(({ privileges }) => privileges);
  const verbs = [...new Set(held.map(({ verb }) => verb))];
  const find = [each.id, ...held.map(tableId), ...verbs].join(" ").toLowerCase();
  return html`<details
    id="${idOf(environment, "service", each.id)}"
    data-find="${find}"
    data-environment="${environment}"
  >
    <summary>
      ${each.id}
      <span class="muted">${counted(new Set(held.map(tableId)).size, "table")}, ${verbs.join(", ") || "no verbs"}</span>
    </summary>
    <p>Who logs in: ${shownPeopleLogins(each)}.${where(each.place)}</p>
    <p>${each.writes === null ? "They read." : html`<span class="warn">They write</span>, because ${each.writes}.`}</p>
    <ul>
      ${each.accesses.map(
        ({ name, credsPath, ttl, privileges, whole, role }) =>
          html`<li>
            <code>${name}</code>, by <code>${credsPath ?? "?"}</code>, for
            ${ttl === null ? "how long is not known" : duration(ttl)}:
            ${chips(privileges.map((privilege) => `${shownVerb(privilege)} on ${tableId(privilege)}`))}${whole.value === "yes" ? "" : html` <span class="warn">what else is not known: ${whole.reason}</span>`}${where(role)}
          </li>`,
      )}
    </ul>
  </details> `;
}

/** Every service: what it can do, by which way, for how long. */
export function services({ name, services: all, findings }: EnvironmentReport): Markup {
  if (all.length === 0) return html``;
  return html`<h3 id="${idOf(name, "services")}">What a service can do</h3>
    ${all.map((service) =>
      section(
        name,
        service,
        findings.filter((finding) => finding.services.includes(service.id)),
      ),
    )}`;
}

function section(environment: string, service: ServiceReport, found: readonly ReportedFinding[]): Markup {
  const held = service.accesses.flatMap(({ privileges }) => privileges);
  const tables = [...new Set(held.map(tableId))];
  const others = new Set(held.filter(({ object }) => object !== "table").map(tableId)).size;
  const verbs = [...new Set(held.map(({ verb }) => verb))];
  const { stage, reason, canary } = service.migration;
  const find = [service.id, stage, ...tables, ...verbs].join(" ").toLowerCase();
  return html`<details
    id="${idOf(environment, "service", service.id)}"
    data-find="${find}"
    data-environment="${environment}"
  >
    <summary>
      ${service.id}
      <span class="muted"
        >${summaryOf(service, [tables.length - others, others], verbs)};
        ${stage}${found.length > 0 ? html`, <span class="${found.some(({ severity, waived }) => severity === "error" && waived === null) ? "bad" : "warn"}">${counted(found.length, "finding")}</span>` : ""}</span
      >
    </summary>
    <p>
      Migration: <strong>${stage}</strong>,
      ${reason}${canary ? html` (${podsOf(canary.static)} static, ${podsOf(canary.dynamic)} dynamic)` : ""}.
    </p>
    ${service.whole.value === "yes" ? "" : html`<p class="warn">What it may do is not known whole: ${service.whole.reason}.</p>`}
    <h4>Pods</h4>
    <ul>
      ${service.workloads.map(
        ({ kind, name, replicas, serviceAccount, injection, credentials, onRotation, place: at }) =>
          html`<li>
            ${kind} <code>${name}</code>, ${replicas === null ? "how many pods is not known" : counted(replicas, "pod")},
            ServiceAccount <code>${serviceAccount.name}</code>, agent as ${injection}, ${credentials}
            credentials${onRotation ? html`, <span class="warn">restarted for each new user</span> by ${chips(onRotation.commands)}: ${onRotation.reason ?? "nobody says why"}` : ""}${where(at)}
          </li>`,
      )}
    </ul>
    ${service.opensBesides.length > 0 ? html`<p class="warn">Its login opens besides: ${chips(service.opensBesides)}</p>` : ""}
    ${service.accesses.map((access) => accessOf(environment, service, access))}
    ${contract(service)}
  </details> `;
}

/** What there is to say of a service on one line. */
function summaryOf(
  { whole }: ServiceReport,
  [tables, others]: readonly [tables: number, others: number],
  verbs: readonly string[],
): Markup | string {
  const all = `${counted(tables, "table")}${others === 0 ? "" : `, ${counted(others, "other object")}`}`;
  if (whole.value === "yes") return `${all}, ${verbs.join(", ") || "no verbs"}`;
  const unknown = html`<span class="warn">what it may do is not known${tables + others > 0 ? " whole" : ""}</span>`;
  return tables + others === 0 ? unknown : html`${all}, ${verbs.join(", ")}; ${unknown}`;
}

function podsOf(count: number | NotKnown): string {
  return isNotKnown(count) ? `not known (${count.reason})` : counted(count, "pod");
}

function contract(service: ServiceReport): Markup {
  if (Object.keys(service.contract).length === 0) return html``;
  return html`<h4>Contract</h4>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">variable</th>
            <th scope="col">value</th>
          </tr>
        </thead>
        <tbody>
          ${Object.entries(service.contract).map(
            ([key, value]) =>
              html`<tr>
                <th scope="row"><code>${key}</code></th>
                <td><code>${value}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function accessOf(environment: string, service: ServiceReport, access: AccessReport): Markup {
  const { name, reaches, delivered, missing, privileges, hops } = access;
  const tones = { yes: "good", no: "bad", "not-known": "warn" } as const;
  return html`<h4>
      Access to ${name}:
      <span class="${tones[reaches.value]}"
        >${shownAnswer(reaches, { yes: "the chain holds", no: "the chain is broken" })}</span
      >${delivered.value === "yes" ? "" : html`; <span class="${tones[delivered.value]}">${delivered.value === "no" ? "no agent brings the pods the credentials" : `whether an agent brings the pods the credentials is not known: ${delivered.reason}`}</span>`}
    </h4>
    ${
      missing.length > 0
        ? html`<ul>
            ${missing.map((each) => html`<li class="bad">${each}</li>`)}
          </ul>`
        : ""
    }
    ${privilegesTable(environment, access)} ${privileges.length > 0 || access.role ? graph(environment, service, access) : ""}
    <h4>The way, hop by hop</h4>
    <ol class="hops">
      ${hops.map(hop)}
    </ol>
    ${isNotKnown(access.timeline) ? html`<p class="warn">How long a credential lives is not known: ${access.timeline.reason}.</p>` : timeline(access.timeline)}`;
}

function privilegesTable(environment: string, { privileges, whole }: AccessReport): Markup {
  const rest =
    whole.value === "yes" ? "" : html`<p class="warn">What else it may do is not known: ${whole.reason}.</p>`;
  if (privileges.length === 0)
    return rest === "" ? html`<p>A credential may do nothing with any table.</p>` : rest;
  return html`<div class="scroll">
      <table>
        <caption>
          What a credential may do
        </caption>
        <thead>
          <tr>
            <th scope="col">table</th>
            <th scope="col">verbs</th>
            <th scope="col">by</th>
          </tr>
        </thead>
        <tbody>
          ${byTable(privileges).map(
            ([table, own]) =>
              html`<tr>
                <th scope="row"><a href="#${idOf(environment, "table", table)}">${table}</a></th>
                <td>${chips(own.map(shownVerb))}${doubtsOf(own)}</td>
                <td>${chips([...new Set(own.map(({ path }) => path.join(" → ") || "the credential itself"))])}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rest}`;
}

function doubtsOf(privileges: readonly Privilege[]): Markup {
  const unsure = privileges.filter(({ holds }) => isNotKnown(holds));
  const reasons = [...new Set(unsure.flatMap(({ holds }) => (isNotKnown(holds) ? holds.reason : [])))];
  if (unsure.length === 0) return html``;
  return html` <span class="warn">not known, ${unsure.map(({ verb }) => verb).join(", ")}: ${reasons.join("; ")}</span>`;
}

function hop({ text, place: at, statements }: Hop): Markup {
  return html`<li>
    ${text}${at ? where(at) : ""}${statements.map((statement) => html`<pre>${statement}</pre>`)}
  </li>`;
}

function where(at: Place): Markup {
  return html`<div class="place">${breakable(shownPlace(at))}</div>`;
}

function graph(environment: string, service: ServiceReport, access: AccessReport): Markup {
  const { login, policies, role, privileges } = access;
  const [workload] = service.workloads;
  const [policy] = policies;
  const group = role?.groupRoles[0];
  const way: Drawn[] = [
    { kind: "pods of", name: service.name },
    ...(workload ? [{ kind: "ServiceAccount", name: workload.serviceAccount.name }] : []),
    ...(login ? [{ kind: "auth role", name: login.name ?? "?" }] : []),
    ...(policy ? [{ kind: "policy", name: policy.name ?? "?" }] : []),
    ...(role ? [{ kind: "database role", name: role.name ?? "?" }] : []),
    ...(group === undefined ? [] : [{ kind: "group role", name: group }]),
  ];
  const tables = byTable(privileges).map(([table, own]) => ({
    node: {
      kind: own[0]?.object ?? "table",
      name: table,
      link: idOf(environment, "table", table),
    },
    text: [...new Set(own.map(({ verb }) => verb))].join(" "),
  }));
  return drawnWay(`From the pods of ${service.name} to its tables in ${access.name}`, way, tables);
}

function byTable(privileges: readonly Privilege[]): [string, Privilege[]][] {
  const found = new Map<string, Privilege[]>();
  for (const privilege of privileges)
    found.set(tableId(privilege), [...(found.get(tableId(privilege)) ?? []), privilege]);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}
