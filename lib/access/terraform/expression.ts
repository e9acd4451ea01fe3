import type { Value } from "../value";
import { isUnknown } from "../value";
import { callFunction, isLazy } from "./functions";
import { TemplateParser } from "./template";
import {
  applied,
  conditional,
  isTrue,
  iterate,
  keyed,
  member,
  Refused,
  same,
  step,
  type Expression,
} from "./scope";

const expressions = new Map<string, Expression>();

/**
 * Text of Terraform's JSON syntax, whose `${…}` are expressions. Our own parser, because the one of
 * hcl2json takes two milliseconds for each and forgets the keys of objects.
 *
 * @throws SyntaxError where it is no expression of Terraform's
 */
export function compileTemplate(text: string): Expression {
  return cached(text, () => new Parser(text).wholeTemplate());
}

function cached(text: string, compile: () => Expression): Expression {
  const expression = expressions.get(text) ?? compile();
  expressions.set(text, expression);
  return expression;
}

type Binary = (left: Value, right: Value) => Value;

const numbers =
  (operation: (left: number, right: number) => Value): Binary =>
  (left, right) =>
    operation(Number(left), Number(right));

/** Operators from the loosest to the tightest. */
const OPERATORS: readonly Readonly<Record<string, Binary>>[] = [
  { "||": (left, right) => isTrue(left) || isTrue(right) },
  { "&&": (left, right) => isTrue(left) && isTrue(right) },
  { "==": (left, right) => same(left, right), "!=": (left, right) => !same(left, right) },
  {
    "<=": numbers((left, right) => left <= right),
    ">=": numbers((left, right) => left >= right),
    "<": numbers((left, right) => left < right),
    ">": numbers((left, right) => left > right),
  },
  { "+": numbers((left, right) => left + right), "-": numbers((left, right) => left - right) },
  {
    "*": numbers((left, right) => left * right),
    "/": numbers((left, right) => left / right),
    "%": numbers((left, right) => left % right),
  },
];

/** Recursive descent over Terraform's native expressions, straight to closures. */ /** Recursive descent over Terraform's native expressions, straight to closures. */
class Parser extends TemplateParser {
  wholeTemplate(): Expression {
    const parts = this.templateParts({ quoted: false });
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
    if (this.accept("!")) return applied((value) => !isTrue(value), this.unary());
    if (this.accept("-")) return applied((value) => -Number(value), this.unary());
    return this.postfix();
  }

  private postfix(): Expression {
    this.space();
    const start = this.at;
    let value = this.primary();
    for (;;) {
      const rest = this.text.slice(this.at);
      const splat = /^(\.\*|\[\*\])/.exec(rest)?.[0];
      const name = /^\.([A-Za-z_][\w-]*|\d+)/.exec(rest)?.[1];
      if (splat !== undefined) {
        this.at += splat.length;
        value = this.splat(value, start);
      } else if (name !== undefined) {
        this.at += name.length + 1;
        value = step(value, () => name, this.source(start));
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

  /** What follows a splat is taken from each element. */
  private splat(list: Expression, start: number): Expression {
    const names: string[] = [];
    for (;;) {
      const name = /^\.([A-Za-z_][\w-]*)|^\[(\d+)\]/.exec(this.text.slice(this.at));
      if (name === null) break;
      names.push(name[1] ?? name[2] ?? "");
      this.at += name[0].length;
    }
    const source = this.source(start);
    return applied((value) => {
      const elements: readonly Value[] = Array.isArray(value) ? (value as readonly Value[]) : [value];
      return elements
        .filter((element) => element !== null)
        .map((element) => names.reduce<Value>((inner, name) => member(inner, name, source), element));
    }, list);
  }

  private primary(): Expression {
    this.space();
    const rest = this.text.slice(this.at);
    const [first] = rest;
    if (first === '"') return this.quoted();
    if (first === "(") return this.between("(", ")", () => this.expression());
    if (first === "[") return this.between("[", "]", () => this.tuple());
    if (first === "{") return this.between("{", "}", () => this.object());
    const heredoc = /^<<(-?)([A-Za-z_][\w-]*)\r?\n/.exec(rest);
    if (heredoc) return this.heredoc(heredoc);
    const number = /^\d+(\.\d+)?([eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) return this.constant(number, Number(number));
    const name = /^[A-Za-z_][\w-]*(::[A-Za-z_][\w-]*)*/.exec(rest)?.[0];
    if (name === undefined) throw this.unexpected();
    if (name === "true" || name === "false") return this.constant(name, name === "true");
    if (name === "null") return this.constant(name, null);
    this.at += name.length;
    return this.text[this.at] === "(" ? this.call(name) : this.traversal(name);
  }

  private constant(source: string, value: Value): Expression {
    this.at += source.length;
    return () => value;
  }

  private quoted(): Expression {
    this.at++;
    const template = this.templateParts({ quoted: true });
    if (this.text[this.at] !== '"') throw this.unexpected();
    this.at++;
    // A quoted template is a text, also with a single interpolation in it.
    return applied((value) => (typeof value === "object" ? value : String(value)), template);
  }

  private heredoc([head, dash, marker = ""]: RegExpExecArray): Expression {
    this.at += head.length;
    const end = new RegExp(`^[ \\t]*${marker}[ \\t]*(?=\\r?$|\\r?\\n)`, "m").exec(this.text.slice(this.at));
    if (end === null) throw this.unexpected();
    const body = this.text.slice(this.at, this.at + end.index);
    this.at += end.index + end[0].length;
    return compileTemplate(dash === "-" ? unindented(body) : body);
  }

  /** The names after the first one belong to it as far as the scope can use them. */
  private traversal(first: string): Expression {
    const start = this.at - first.length;
    const names = [first];
    for (;;) {
      const name = /^\.([A-Za-z_][\w-]*)/.exec(this.text.slice(this.at))?.[1];
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
    let expanded = false;
    this.between("(", ")", () => {
      while (!this.peek(")")) {
        args.push(this.expression());
        expanded = this.accept("...");
        if (!this.accept(",")) break;
      }
      return () => null;
    });
    return (scope) => {
      if (isLazy(name)) {
        const values = args.map((arg) => arg(scope));
        return values.find((value) => !(value instanceof Refused)) ?? values.at(-1) ?? null;
      }
      const values = args.map((arg) => arg(scope));
      const last = values.at(-1);
      const all = expanded && Array.isArray(last) ? [...values.slice(0, -1), ...(last as Value[])] : values;
      return callFunction(name, all, scope.files);
    };
  }

  private tuple(): Expression {
    if (this.accept("for ")) return this.forExpression();
    const elements: Expression[] = [];
    while (!this.peek("]")) {
      elements.push(this.expression());
      if (!this.accept(",")) break;
    }
    return (scope) => elements.map((element) => element(scope));
  }

  private object(): Expression {
    if (this.accept("for ")) return this.forExpression();
    const entries: [Expression, Expression][] = [];
    while (!this.peek("}")) {
      const key = this.key();
      if (!this.accept("=")) this.expect(":");
      entries.push([key, this.expression()]);
      this.accept(",");
    }
    return (scope) => {
      const pairs = entries.map(([key, value]) => [key(scope), value(scope)] as const);
      const unknown = pairs.map(([key]) => key).find(isUnknown);
      return unknown ?? Object.fromEntries(pairs.map(([key, value]) => [String(key), value]));
    };
  }

  /** A bare name is the key itself; everything else is an expression. */
  private key(): Expression {
    this.space();
    const name = /^([A-Za-z_][\w-]*)\s*[=:]/.exec(this.text.slice(this.at))?.[1];
    if (name === undefined) return this.expression();
    this.at += name.length;
    return () => name;
  }

  private forExpression(): Expression {
    const { names, list } = this.forHead();
    this.expect(":");
    const first = this.expression();
    const value = this.accept("=>") ? this.expression() : undefined;
    const groups = this.accept("...");
    const condition = this.accept("if ") || this.accept("if(", { keep: 1 }) ? this.expression() : () => true;
    return (scope) => {
      const scopes = iterate(list(scope), names, scope);
      if (isUnknown(scopes)) return scopes;
      const kept = scopes.map((inner) => ({ inner, keep: condition(inner) }));
      const unknown = kept.map(({ keep }) => keep).find(isUnknown);
      if (unknown) return unknown;
      const inners = kept.filter(({ keep }) => isTrue(keep)).map(({ inner }) => inner);
      return value === undefined ? inners.map(first) : keyed(inners, first, value, groups);
    };
  }

  protected forHead(): { names: readonly string[]; list: Expression } {
    const names: string[] = [];
    do {
      this.space();
      const name = /^[A-Za-z_][\w-]*/.exec(this.text.slice(this.at))?.[0];
      if (name === undefined) throw this.unexpected();
      names.push(name);
      this.at += name.length;
    } while (this.accept(","));
    if (!this.accept("in ") && !this.accept("in[", { keep: 1 })) throw this.unexpected();
    return { names, list: this.expression() };
  }
}

function unindented(body: string): string {
  const lines = body.split("\n");
  const indents = lines
    .filter((line) => line.trim() !== "")
    .map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join("\n");
}
