import type { Comparison } from "../model";
import { counted } from "../text";
import { firstOf, html, long, table, type Markup } from "./markup";
import { matches, type View } from "./view";

const FEW = 100;

/** An environment beside the one in which its changes are proven first. */
export function comparison({ left, right, differences, whole }: Comparison, view: View): Markup {
  const found = differences.filter(({ service, aspect, left: a, right: b }) =>
    matches(view, [service, aspect, a, b].join(" ")),
  );
  const rest =
    whole.value === "yes"
      ? ""
      : html`<p class="warn">What else differs is not known: ${long(whole.reason)}.</p>`;
  const none = html`<p class="${whole.value === "yes" ? "good" : "warn"}">In nothing that this report knows.</p>`;
  return html`<h2 id="title" tabindex="-1">Where ${right} differs from ${left}</h2>
${differences.length === 0 ? none : html`<p>${counted(differences.length, "difference")}${found.length < differences.length ? `, of which ${found.length} with these words` : ""}.</p>`}
${
  found.length === 0
    ? ""
    : firstOf(
        view,
        "differences",
        found,
        FEW,
        (shown, more) =>
          html`${table(
            ["service", "in", left, right],
            shown.map((each) => [each.service, each.aspect, long(each.left), long(each.right)]),
          )}${more}`,
      )
}${rest}`;
}
