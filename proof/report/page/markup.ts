import { escape } from "html-escaper";
import { isUnfolded, type View } from "./view";

/** Text that is HTML already; anything else is escaped where it is put in. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** HTML in which everything that is put in is escaped, unless it was made by this function. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + shown(parts[index - 1]) + string));
}

function shown(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(shown).join("");
  return part === null || part === undefined || part === false ? "" : escape(String(part));
}

/** A path or an address, which breaks between its parts where it has to, and not inside of one. */
export function breakable(text: string): Markup {
  return new Markup(
    text
      .split(/(?<=[./_:])/)
      .map((part) => escape(part))
      .join("<wbr>"),
  );
}

/** A list of words, or what to say where there are none. */
export function chips(words: readonly string[], none = "none"): Markup {
  if (words.length === 0) return html`<span class="muted">${none}</span>`;
  return html`${words.map((word) => html`<code>${breakable(word)}</code> `)}`;
}

/** A text that fills a screen is there for whoever wants it. */
export function long(text: string): Markup {
  if (text.length <= MOST_LETTERS) return html`${text}`;
  return html`<details class="long"><summary>${text.slice(0, MOST_LETTERS / 2)} …</summary>${text}</details>`;
}

const MOST_LETTERS = 600;

/** The first of many, and a button for the rest; in a search and on request it is all of them. */
export function firstOf<T>(
  view: View,
  key: string,
  items: readonly T[],
  few: number,
  draw: (shown: readonly T[], rest: Markup) => Markup,
): Markup {
  const isWhole = items.length <= few || isUnfolded(view, key, "folded");
  const rest = isWhole
    ? items.length > few
      ? more(key, "fewer")
      : html``
    : html`<span class="rest">and ${items.length - few} more, of ${items.length}</span> ${more(key, `show all ${items.length}`)}`;
  return draw(isWhole ? items : items.slice(0, few), rest);
}

function more(key: string, text: string): Markup {
  return html`<button type="button" class="more" data-toggle="${key}">${text}</button>`;
}

/** A table that scrolls where it does not fit; no table where it has no rows. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Part[])[],
  caption: Part = "",
): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${head.join(", ")}"><table>
${caption === "" ? "" : html`<caption>${caption}</caption>`}
<thead><tr>${head.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      first,
      ...rest
    ]) => html`<tr><th scope="row">${first}</th>${rest.map((each) => html`<td>${each}</td>`)}</tr>
`,
  )}</tbody>
</table></div>`;
}

/** A part of a page that opens on demand. */
export function folded(id: string, title: string, count: string, content: Markup): Markup {
  return html`<details class="part" id="${id}"><summary><h3>${title}</h3> <span class="muted">${count}</span></summary>
${content}
</details>
`;
}
