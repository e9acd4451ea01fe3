import { isUnknown } from "../value";
import { Cursor } from "./cursor";
import { conditional, iterate, joined, type Expression } from "./scope";

/** Text with `${…}` and `%{…}` in it. */
export abstract class TemplateParser extends Cursor {
  protected abstract expression(): Expression;
  protected abstract forHead(): { names: readonly string[]; list: Expression };

  /** Literals and interpolations up to the end of the text, of a quoted string or of a directive. */
  protected templateParts({
    quoted,
    until = [],
  }: {
    quoted: boolean;
    until?: readonly string[];
  }): Expression {
    const parts: Expression[] = [];
    let literal = "";
    const flush = () => {
      const text = literal;
      if (text !== "") parts.push(() => text);
      literal = "";
    };
    while (this.at < this.text.length) {
      if (quoted && this.text[this.at] === '"') break;
      if (this.text.startsWith("$${", this.at) || this.text.startsWith("%%{", this.at)) {
        literal += this.text.slice(this.at + 1, this.at + 3);
        this.at += 3;
      } else if (this.text.startsWith("${", this.at)) {
        this.at += 2;
        if (this.accept("~")) literal = literal.trimEnd();
        flush();
        parts.push(this.expression());
        this.closeTag();
      } else if (this.text.startsWith("%{", this.at)) {
        const keyword = /^%\{~?\s*(\w+)/.exec(this.text.slice(this.at))?.[1] ?? "";
        if (this.text[this.at + 2] === "~") literal = literal.trimEnd();
        if (until.includes(keyword)) break;
        flush();
        parts.push(this.directive(keyword, quoted));
      } else if (quoted && this.text[this.at] === "\\") {
        literal += this.escape();
      } else {
        literal += this.text[this.at++];
      }
    }
    flush();
    return joined(parts);
  }

  private escape(): string {
    const [, code, letter = ""] =
      /^\\(?:u([0-9a-fA-F]{4})|(.))/su.exec(this.text.slice(this.at, this.at + 6)) ?? [];
    this.at += code === undefined ? 2 : 6;
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    return { n: "\n", r: "\r", t: "\t" }[letter] ?? letter;
  }

  /** `%{ if … }…%{ else }…%{ endif }` or `%{ for x in … }…%{ endfor }`. */
  private directive(keyword: string, quoted: boolean): Expression {
    if (keyword === "if") {
      const condition = this.directiveHead("if", () => this.expression());
      const then = this.templateParts({ quoted, until: ["else", "endif"] });
      const otherwise = this.acceptDirective("else")
        ? this.templateParts({ quoted, until: ["endif"] })
        : () => "";
      if (!this.acceptDirective("endif")) throw this.unexpected();
      return conditional(condition, then, otherwise);
    }
    if (keyword !== "for") throw this.unexpected();
    const { names, list } = this.directiveHead("for", () => this.forHead());
    const body = this.templateParts({ quoted, until: ["endfor"] });
    if (!this.acceptDirective("endfor")) throw this.unexpected();
    return (scope) => {
      const iterated = iterate(list(scope), names, scope);
      return isUnknown(iterated) ? iterated : joined(iterated.map((inner) => () => body(inner)))(scope);
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
    const trims = this.accept("~");
    this.expect("}");
    if (trims) this.at += /^\s*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
  }

  private acceptDirective(keyword: string): boolean {
    const found = new RegExp(`^%\\{~?\\s*${keyword}\\s*(~\\}\\s*|\\})`).exec(this.text.slice(this.at));
    this.at += found?.[0].length ?? 0;
    return found !== null;
  }
}
