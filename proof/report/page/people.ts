import { duration } from "../../rules/said";
import type { PeopleAccessReport, PeopleReport } from "../model";
import { shownPeopleLogins, shownPlace } from "../text";
import { breakable, html, long, type Markup } from "./markup";
import { privileges } from "./privileges";
import type { View } from "./view";

/** Who reads credentials by a group of Vault's identities, and what they can do. */
export function people(environment: string, each: PeopleReport, view: View): Markup {
  return html`<p>Who logs in: ${shownPeopleLogins(each)}. <span class="place">${breakable(shownPlace(each.place))}</span></p>
<p>${each.writes === null ? "They read." : html`<span class="warn">They write</span>, because ${each.writes}.`}</p>
${each.accesses.map((access) => accessOf(environment, access, view))}`;
}

function accessOf(environment: string, access: PeopleAccessReport, view: View): Markup {
  const { name, credsPath, ttl, whole, role } = access;
  return html`<h3>Access to ${name}</h3>
<p>By <code>${credsPath ?? "?"}</code>, for ${ttl === null ? "how long is not known" : duration(ttl)}. <span class="place">${breakable(shownPlace(role))}</span></p>
${privileges(environment, access.privileges, view)}${whole.value === "yes" ? "" : html`<p class="warn">What else they may do is not known: ${long(whole.reason)}.</p>`}`;
}
