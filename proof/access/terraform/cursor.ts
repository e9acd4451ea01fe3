/** A place in a text, and what comes next there. */
export class Cursor {
  protected at = 0;

  constructor(protected readonly text: string) {}

  protected between<T>(open: string, close: string, parse: () => T): T {
    this.expect(open);
    const value = parse();
    this.expect(close);
    return value;
  }

  protected space(): void {
    this.at += /^(\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
  }

  protected peek(token: string): boolean {
    this.space();
    return this.text.startsWith(token, this.at);
  }

  protected accept(token: string): boolean {
    if (!this.peek(token)) return false;
    // `=` is not the first half of `==`, nor `!` that of `!=`.
    if ((token === "=" || token === "!") && this.text[this.at + 1] === "=") return false;
    if (token === "=" && this.text[this.at + 1] === ">") return false;
    this.at += token.length;
    return true;
  }

  /** A keyword that is not the beginning of a name. */
  protected word(keyword: string): boolean {
    if (!this.peek(keyword) || /^[\p{ID_Continue}-]/u.test(this.text.slice(this.at + keyword.length)))
      return false;
    this.at += keyword.length;
    return true;
  }

  protected expect(token: string): void {
    if (!this.accept(token)) throw this.unexpected();
  }

  protected source(start: number): string {
    return this.text.slice(start, this.at);
  }

  /** Says where, and not what stands there: that could be a secret. */
  protected unexpected(): SyntaxError {
    return new SyntaxError(`no expression of Terraform's at character ${this.at + 1}`);
  }
}
