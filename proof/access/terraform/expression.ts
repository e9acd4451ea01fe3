import type { Value } from "../value";
import { isUnknown } from "../value";
import { forOf, objectOf, tupleOf } from "./collect";
import { callFunction } from "./functions";
import { exact, literalNumber } from "./numbers";
import { Refusal } from "./refusal";
import { applied, conditional, guarded, isRefused, member, step, withNames, type Expression } from "./scope";
import { unindented } from "./texts";
import { number, OPERATORS, truth, type Binary } from "./operators";
import { TemplateParser, type Pieces } from "./template";
import { as, collectionOf, isSequence } from "./types";

const expressions = new Map<string, Expression>();

/**
 * Text of Terraform's JSON syntax, whose `${…}` are expressions. Our own parser, because the one of
 * hcl2json takes two milliseconds for each and forgets the keys of objects.
 *
 * @throws SyntaxError where it is no expression of Terraform's
 */
export function compileTemplate(text: string, pieces: Exclude<Pieces, "quoted"> = "either"): Expression {
  const key = `${pieces}:${text}`;
  const compiled = expressions.get(key) ?? guarded(new Parser(text).wholeTemplate(pieces), text);
  expressions.set(key, compiled);
  return compiled;
}

/** Stands for the element while what follows a splat is taken from it. */
const ELEMENT = "\u0000element";

const NAME = "[\\p{ID_Start}_][\\p{ID_Continue}-]*";
const name = (pattern: string) => new RegExp(pattern.replaceAll("NAME", NAME), "u");
const ATTRIBUTE = name("^\\.(NAME|\\d+)");
const IDENTIFIER = name("^NAME(::NAME)*");
const SPLAT_ATTRIBUTE = name("^\\.(NAME)");
const HEREDOC = name("^<<(-?)(NAME)\\r?\\n");
const KEY = name("^(NAME)\\s*(=(?![=>])|:)");
const KEY_PATH = name("^NAME\\s*[.[]");
const VARIABLE = name("^NAME");

/** Recursive descent over Terraform's native expressions, straight to closures. */
class Parser extends TemplateParser {
  wholeTemplate(pieces: Pieces): Expression {
    const parts = this.templateParts(pieces);
    if (this.at < this.text.length) throw this.unexpected();
    return parts;
  }

  protected expression(): Expression {
    const condition = this.binary(0);
    if (!this.accept("?")) return condition;
    const then = this.expression();
    this.expect(":");
    return conditional(condition, then, this.expression());
  }

  private binary(level: number): Expression {
    const operators = OPERATORS[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const symbol = Object.keys(operators).find((each) => this.accept(each));
      if (symbol === undefined) return left;
      left = applied(operators[symbol] as Binary, left, this.binary(level + 1));
    }
  }

  private unary(): Expression {
    if (this.accept("!")) return applied((value) => !truth(value), this.unary());
    if (this.accept("-")) return applied((value) => exact(-number(value)), this.unary());
    return this.postfix();
  }

  private postfix(): Expression {
    this.space();
    const start = this.at;
    return this.traversals(this.primary(), start);
  }

  /** Attributes, indexes and splats after a value. */
  private traversals(from: Expression, start: number): Expression {
    let value = from;
    for (;;) {
      const rest = this.text.slice(this.at);
      const attribute = ATTRIBUTE.exec(rest)?.[1];
      if (rest.startsWith(".*")) {
        this.at += 2;
        value = this.splat(value, (element) => this.splatAttributes(element, start));
      } else if (rest.startsWith("[*]")) {
        this.at += 3;
        value = this.splat(value, (element) => this.traversals(element, start));
      } else if (attribute !== undefined) {
        this.at += attribute.length + 1;
        value = step(value, () => attribute, this.source(start));
      } else if (rest.startsWith("[")) {
        this.at++;
        const index = this.expression();
        this.expect("]");
        value = step(value, index, this.source(start));
      } else {
        return value;
      }
    }
  }

  /** After `.*` come attributes of the elements; an index is one of the whole. */
  private splatAttributes(element: Expression, start: number): Expression {
    let value = element;
    for (;;) {
      const attribute = SPLAT_ATTRIBUTE.exec(this.text.slice(this.at))?.[1];
      if (attribute === undefined) return value;
      this.at += attribute.length + 1;
      value = step(value, () => attribute, this.source(start));
    }
  }

  /** What follows a splat is taken from each element; what is no list is a list of one, and null of none. */
  private splat(list: Expression, follow: (element: Expression) => Expression): Expression {
    const each = follow((scope) => scope.resolve([ELEMENT]).value);
    return (scope) => {
      const value = list(scope);
      if (isUnknown(value)) return value;
      if (value === null) return [];
      const elements = isSequence(value) ? value : [value];
      const results = elements.map((element) => each(withNames(scope, { [ELEMENT]: element })));
      const kind = isSequence(value) ? collectionOf(value) : undefined;
      return results.find(isRefused) ?? (kind === undefined ? results : as("list", results));
    };
  }

  private primary(): Expression {
    this.space();
    const rest = this.text.slice(this.at);
    const [first] = rest;
    if (first === '"') return this.quoted();
    if (first === "(") return this.between("(", ")", () => this.expression());
    if (first === "[") return this.between("[", "]", () => this.tuple());
    if (first === "{") return this.between("{", "}", () => this.object());
    const heredoc = HEREDOC.exec(rest);
    if (heredoc) return this.heredoc(heredoc);
    const number = /^\d+(\.\d+)?([eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) {
      return this.constant(number, () => literalNumber(number));
    }
    const name = IDENTIFIER.exec(rest)?.[0];
    if (name === undefined) throw this.unexpected();
    if (name === "true" || name === "false") return this.constant(name, () => name === "true");
    if (name === "null") return this.constant(name, () => null);
    this.at += name.length;
    return this.text[this.at] === "(" ? this.call(name) : this.traversal(name);
  }

  private constant(source: string, value: Expression): Expression {
    this.at += source.length;
    return value;
  }

  private quoted(): Expression {
    this.at++;
    const template = this.templateParts("quoted");
    if (this.text[this.at] !== '"') throw this.unexpected();
    this.at++;
    return template;
  }

  private heredoc([head, dash, marker = ""]: RegExpExecArray): Expression {
    this.at += head.length;
    const end = new RegExp(`^[ \\t]*${marker}[ \\t]*(?=\\r?$|\\r?\\n)`, "m").exec(this.text.slice(this.at));
    if (end === null) throw this.unexpected();
    const body = this.text.slice(this.at, this.at + end.index);
    this.at += end.index + end[0].length;
    return new Parser(dash === "-" ? unindented(body) : body).wholeTemplate("lines");
  }

  /** The names after the first one belong to it as far as the scope can use them. */
  private traversal(first: string): Expression {
    const start = this.at - first.length;
    const names = [first];
    for (;;) {
      const name = SPLAT_ATTRIBUTE.exec(this.text.slice(this.at))?.[1];
      if (name === undefined) break;
      names.push(name);
      this.at += name.length + 1;
    }
    const source = this.source(start);
    return (scope) => {
      const { value, used } = scope.resolve(names);
      return names.slice(used).reduce<Value>((inner, name) => member(inner, name, source), value);
    };
  }

  private call(name: string): Expression {
    const args: Expression[] = [];
    const start = this.at - name.length;
    let expanded = false;
    this.between("(", ")", () => {
      while (!this.peek(")")) {
        args.push(this.expression());
        expanded = this.accept("...");
        if (expanded || !this.accept(",")) break;
      }
      return () => null;
    });
    const source = `\${${this.source(start)}}`;
    return (scope) => {
      const values = args.map((arg) => (LAZY.has(name) ? guarded(arg, source)(scope) : arg(scope)));
      const last = values.at(-1) ?? null;
      if (!expanded || isUnknown(last)) return callFunction(name, values, scope.files, source);
      if (!isSequence(last)) throw new Refusal();
      return callFunction(name, [...values.slice(0, -1), ...last], scope.files, source);
    };
  }

  private tuple(): Expression {
    if (this.word("for")) return this.forExpression();
    const elements: Expression[] = [];
    while (!this.peek("]")) {
      elements.push(this.expression());
      if (!this.accept(",")) break;
    }
    return tupleOf(elements);
  }

  private object(): Expression {
    if (this.word("for")) return this.forExpression();
    const entries: [Expression, Expression][] = [];
    while (!this.peek("}")) {
      const key = this.key();
      if (!this.accept("=")) this.expect(":");
      entries.push([key, this.expression()]);
      if (!this.separated()) break;
    }
    return objectOf(entries);
  }

  /** Entries are told apart by a comma or a new line. */
  private separated(): boolean {
    this.space();
    return (
      this.accept(",") ||
      /\n[^\S\n]*$/.test(this.text.slice(Math.max(0, this.at - 200), this.at)) ||
      this.peek("}")
    );
  }

  /** A bare name is the key itself; everything else is an expression, and a reference needs parentheses. */
  private key(): Expression {
    this.space();
    const rest = this.text.slice(this.at);
    const name = KEY.exec(rest)?.[1];
    if (name === undefined) {
      const expression = this.expression();
      return KEY_PATH.test(rest) ? refused : expression;
    }
    this.at += name.length;
    return () => name;
  }

  private forExpression(): Expression {
    const { names, list } = this.forHead();
    this.expect(":");
    const first = this.expression();
    const value = this.accept("=>") ? this.expression() : undefined;
    const groups = this.accept("...");
    const condition = this.word("if") ? this.expression() : () => true;
    return forOf({ names, list, first, value, groups, condition });
  }

  protected forHead(): { names: readonly string[]; list: Expression } {
    const names: string[] = [];
    do {
      this.space();
      const name = VARIABLE.exec(this.text.slice(this.at))?.[0];
      if (name === undefined) throw this.unexpected();
      names.push(name);
      this.at += name.length;
    } while (this.accept(","));
    if (!this.word("in")) throw this.unexpected();
    return { names, list: this.expression() };
  }
}

/** Functions that look at what is refused. */
const LAZY = new Set(["try", "can"]);

const refused: Expression = () => {
  throw new Refusal();
};
