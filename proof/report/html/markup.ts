import { escape } from "html-escaper";

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

/** An id that a link can lead to, from names of any letters. */
export function idOf(...names: readonly string[]): string {
  return names.map((name) => encodeURIComponent(name).replaceAll("%", "_")).join("--");
}

/** A list of words, or what to say where there are none. */
export function chips(words: readonly string[], none = "none"): Markup {
  if (words.length === 0) return html`<span class="muted">${none}</span>`;
  return html`${words.map((word) => html`<code>${word}</code> `)}`;
}
