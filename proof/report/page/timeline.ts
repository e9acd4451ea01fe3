import { duration } from "../../rules/said";
import type { Timeline, TimelineEvent, TimelineNumber } from "../timeline";
import { html, table, type Markup } from "./markup";

const WIDTH = 1120;
const LEFT = 12;
const ROW = 26;
/** Of a letter, at most; nothing measures text where pages are only rendered. */
const LETTER = 6.6;

const CLASSES: Readonly<Partial<Record<TimelineEvent["kind"], string>>> = {
  overlap: "overlap",
  rotation: "overlap",
  outage: "overlap",
  revoke: "ending",
  kill: "ending",
  end: "ending",
};

/** A credential's life and a pod's end as bars, and every number with its reason as a table. */
export function timeline({ life, shutdown, numbers }: Timeline): Markup {
  return html`<h4>Life of a credential</h4>
    ${bars("A credential from its issue to its end", life)}
    <h4>End of a pod</h4>
    ${bars("A pod from the signal to its end", shutdown)}
    <h4>Numbers, and why they are these</h4>
    ${table(
      ["number", "value", "from", "why"],
      Object.entries(numbers as unknown as Record<string, TimelineNumber | undefined>).flatMap(
        ([name, number]) => (number === undefined ? [] : [row(name, number)]),
      ),
    )}`;
}

function row(name: string, { value, origin, reason }: TimelineNumber): string[] {
  return [words(name), name === "renewals" ? String(value) : duration(value), origin, reason];
}

/** `defaultTtl` as people say it. */
function words(name: string): string {
  return name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/\bttl\b/, "TTL");
}

function bars(title: string, events: readonly TimelineEvent[]): Markup {
  const end = Math.max(1, ...events.map(({ to }) => to));
  const x = (seconds: number) => LEFT + (seconds / end) * (WIDTH - 2 * LEFT);
  const height = events.length * ROW + 8;
  return html`<div class="drawing" tabindex="0" role="region" aria-label="${title}">
    <svg
      role="img"
      aria-label="${title}: ${events.map(({ text }) => text).join("; ")}"
      width="${WIDTH}"
      height="${height}"
      viewBox="0 0 ${WIDTH} ${height}"
    >
      ${events.map((event, index) => bar(event, index * ROW + 4, x))}
    </svg>
  </div>`;
}

function bar({ kind, from, to, text }: TimelineEvent, y: number, x: (seconds: number) => number): Markup {
  const [start, width] = [x(from), Math.max(3, x(to) - x(from))];
  const [needed, behind] = [text.length * LETTER, start + width + 6];
  const onTheBar = needed + 16 <= width;
  const onTheLeft = !onTheBar && behind + needed > WIDTH;
  const at = onTheBar ? start + 8 : onTheLeft ? start - 6 : behind;
  return html`<rect
      class="${CLASSES[kind] ?? "life"}"
      x="${start.toFixed(1)}"
      y="${y}"
      width="${width.toFixed(1)}"
      height="${ROW - 6}"
      rx="3"
    /><text x="${at.toFixed(1)}" y="${y + 15}" ${onTheLeft ? html` text-anchor="end"` : ""}>${text}</text> `;
}
