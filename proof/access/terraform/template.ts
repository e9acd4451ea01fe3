import { isUnknown } from "../value";
import { Cursor } from "./cursor";
import { conditional, isRefused, iterate, joined, type Expression } from "./scope";
import { toText } from "./types";

/**
 * How far `~` takes white space away. Terraform cuts a template into pieces, and `~` takes from the next one:
 * in a quoted text that is all up to the next interpolation, elsewhere the rest of the line. `either` is a
 * text of which we no longer know how it was written.
 */
export type Pieces = "quoted" | "lines" | "either";

/** Go's unicode.IsSpace. */
const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const LEADING = new RegExp(`^${SPACE}`);
const TRAILING = new RegExp(`(?<!${SPACE.slice(0, -1)})${SPACE}$`);
const LEADING_LINE = new RegExp(`^(?:(?!\\n)${SPACE.slice(0, -1)})*\\n?`);

interface Part {
  readonly expression: Expression;
  readonly isLiteral: boolean;
}

/** Text with `${…}` and `%{…}` in it. */
export abstract class TemplateParser extends Cursor {
  protected abstract expression(): Expression;
  protected abstract forHead(): { names: readonly string[]; list: Expression };

  /** Whether the last tag ended in `~}`. */
  private trims = false;

  /** Literals and interpolations up to the end of the text, of a quoted string or of a directive. */
  protected templateParts(pieces: Pieces, until: readonly string[] = []): Expression {
    const start = this.at;
    const parts: Part[] = [];
    let end = this.at;
    for (;;) {
      const text = this.literal(pieces);
      if (text !== "") parts.push({ expression: () => text, isLiteral: true });
      end = this.at;
      if (!this.text.startsWith("${", this.at) && !this.text.startsWith("%{", this.at)) break;
      if (this.text.startsWith("${", this.at)) {
        this.at += 2;
        this.accept("~");
        parts.push({ expression: this.expression(), isLiteral: false });
        this.closeTag();
      } else {
        const keyword = /^%\{~?\s*(\w+)/.exec(this.text.slice(this.at))?.[1] ?? "";
        if (until.includes(keyword)) break;
        parts.push({ expression: this.directive(keyword, pieces), isLiteral: true });
      }
    }
    const [only] = parts;
    // A single interpolation keeps its type; in a directive it is a text like everything else.
    if (parts.length === 1 && only && !only.isLiteral && until.length === 0) return only.expression;
    return joined(
      parts.map(({ expression }) => expression),
      this.text.slice(start, end),
    );
  }

  /** Text up to the next tag, without the white space that the tags around it take away. */
  private literal(pieces: Pieces): string {
    let literal = "";
    while (this.at < this.text.length) {
      if (pieces === "quoted" && this.text[this.at] === '"') break;
      if (this.text.startsWith("$${", this.at) || this.text.startsWith("%%{", this.at)) {
        literal += this.text.slice(this.at + 1, this.at + 3);
        this.at += 3;
      } else if (this.text.startsWith("${", this.at) || this.text.startsWith("%{", this.at)) {
        break;
      } else if (pieces === "quoted" && this.text[this.at] === "\\") {
        literal += this.escape();
      } else {
        if (pieces === "quoted" && this.text[this.at] === "\n") throw this.unexpected();
        literal += this.text[this.at++];
      }
    }
    const trimsStart = this.trims;
    this.trims = false;
    const trimsEnd = /^[$%]\{~/.test(this.text.slice(this.at, this.at + 3));
    return this.trimmed(literal, pieces, trimsStart, trimsEnd).normalize("NFC");
  }

  private trimmed(literal: string, pieces: Pieces, start: boolean, end: boolean): string {
    if (!start && !end) return literal;
    const whole = (start ? literal.replace(LEADING, "") : literal).replace(end ? TRAILING : /$^/, "");
    if (pieces === "quoted") return whole;
    const lines = trimmedLines(literal, start, end);
    if (pieces === "either" && lines !== whole) throw this.unexpected();
    return lines;
  }

  private escape(): string {
    const [found, short, long, letter = ""] =
      /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))/.exec(this.text.slice(this.at, this.at + 10)) ??
      [];
    if (found === undefined) throw this.unexpected();
    this.at += found.length;
    const code = short ?? long;
    if (code !== undefined) {
      const point = parseInt(code, 16);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw this.unexpected();
      return String.fromCodePoint(point);
    }
    return { n: "\n", r: "\r", t: "\t" }[letter] ?? letter;
  }

  /** `%{ if … }…%{ else }…%{ endif }` or `%{ for x in … }…%{ endfor }`. */
  private directive(keyword: string, pieces: Pieces): Expression {
    const start = this.at;
    if (keyword === "if") {
      const condition = this.directiveHead("if", () => this.expression());
      const then = this.templateParts(pieces, ["else", "endif"]);
      const otherwise = this.acceptDirective("else") ? this.templateParts(pieces, ["endif"]) : () => "";
      if (!this.acceptDirective("endif")) throw this.unexpected();
      return conditional(condition, then, otherwise);
    }
    if (keyword !== "for") throw this.unexpected();
    const { names, list } = this.directiveHead("for", () => this.forHead());
    const body = this.templateParts(pieces, ["endfor"]);
    if (!this.acceptDirective("endfor")) throw this.unexpected();
    const source = this.source(start);
    return (scope) => {
      const iterated = iterate(list(scope), names, scope);
      if (isUnknown(iterated)) return iterated;
      const bodies = iterated.map((inner) => body(inner));
      return (
        bodies.find(isRefused) ??
        bodies.find(isUnknown) ??
        joined(
          bodies.map((text) => () => toText(text)),
          source,
        )(scope)
      );
    };
  }

  private directiveHead<T>(keyword: string, parse: () => T): T {
    this.at += 2;
    this.accept("~");
    if (!this.accept(keyword)) throw this.unexpected();
    const head = parse();
    this.closeTag();
    return head;
  }

  /** `~}` takes the white space after it along. */
  private closeTag(): void {
    this.trims = this.accept("~");
    this.expect("}");
  }

  private acceptDirective(keyword: string): boolean {
    const found = new RegExp(`^%\\{~?\\s*${keyword}\\s*(~?)\\}`).exec(this.text.slice(this.at));
    if (found === null) return false;
    this.at += found[0].length;
    this.trims = found[1] === "~";
    return true;
  }
}

/** Of several lines the first and the last are cut, each within itself. */
function trimmedLines(literal: string, start: boolean, end: boolean): string {
  const cut = start ? literal.replace(LEADING_LINE, "") : literal;
  if (!end) return cut;
  const last = (cut.endsWith("\n") ? cut.slice(0, -1) : cut).lastIndexOf("\n") + 1;
  return cut.slice(0, last) + cut.slice(last).replace(TRAILING, "");
}
