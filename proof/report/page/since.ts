import { shownSaid } from "../answer";
import type { Change } from "../diff";
import { firstOf, html, type Markup } from "./markup";
import type { Since } from "./shown";
import { matches, type View } from "./view";

const FEW = 12;

const HEADINGS = [
  ["widened", "opens more", "bad"],
  ["narrowed", "opens less", "good"],
  ["unchanged", "is so, and opens nothing", "muted"],
] as const;

/** What has changed since the report of before, what opens more first. */
export function since({ made, diff }: Since, environment: string, view: View): Markup {
  const own = diff.changes.filter((each) => each.environment === environment && matches(view, each.sentence));
  return html`<h3 id="changes">What has changed</h3>
<p class="muted">Since the report of ${shownSaid(made.at)}, commit ${shownSaid(made.commit)}.</p>
${
  own.length === 0
    ? html`<p class="good">No change of access in what is known.</p>`
    : HEADINGS.map(([direction, heading, tone]) =>
        changes(
          own.filter((each) => each.direction === direction),
          heading,
          tone,
          view,
        ),
      )
}`;
}

function changes(own: readonly Change[], heading: string, tone: string, view: View): Markup {
  if (own.length === 0) return html``;
  return firstOf(
    view,
    `changes:${heading}`,
    own,
    FEW,
    (shown, rest) =>
      html`<h4 class="${tone}">What ${heading}</h4><ul>${shown.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul>${rest}`,
  );
}
