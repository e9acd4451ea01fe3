/** What comes out of a part of a template: how long it may be, and how much of it nobody can guess. */
type Segment = { readonly kind: "text" | "name" | "random" | "time"; readonly length: number };

/** PostgreSQL cuts longer names, and then the one in the catalog is not the one that Vault revokes. */
const LONGEST = 63;
/** Fewer random letters could meet again. */
const LEAST_RANDOM = 15;

/** Names of roles may be as long as PostgreSQL's. */
const NAME = 63;

/**
 * What a user name's template must be, where it is something else. Only what Vault has is understood: `printf`,
 * `truncate`, `random`, `unix_time`, `lowercase`, `uppercase` and the names of role and token.
 * (Vault, sdk/helper/template.)
 */
export function usernameObjection(template: string): string | undefined {
  let segments: Segment[];
  try {
    segments = actionsOf(template).flatMap((part) =>
      part.isAction ? pipeline(tokensOf(part.text)) : [{ kind: "text" as const, length: literal(part.text) }],
    );
  } catch (error) {
    return error instanceof NotUnderstood ? error.message : "be a template that Vault understands";
  }
  const longest = lengthOf(segments);
  if (longest > LONGEST)
    return `make names of at most ${LONGEST} characters (it makes ${longest}): PostgreSQL cuts longer ones, and the revocation names another`;
  const random = lengthOf(segments.filter(({ kind }) => kind === "random"));
  if (random < LEAST_RANDOM)
    return `keep at least ${LEAST_RANDOM} random characters (it keeps ${random}): two pods would get one name`;
  return /^(\{\{\s*printf\s+")?v-/.test(template)
    ? undefined
    : "begin with v-, by which people and SQL know the users of Vault";
}

class NotUnderstood extends Error {}

function refuse(what: string): never {
  throw new NotUnderstood(what);
}

function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { length }) => sum + length, 0);
}

/** A text that stands in the name as it is: no letter of it may end the quotes of a statement. */
function literal(text: string): number {
  if (!/^[A-Za-z0-9_.-]*$/.test(text))
    refuse("hold letters, digits, '_', '-' and '.' alone: the name stands in statements between quotes");
  return text.length;
}

function actionsOf(template: string): { readonly text: string; readonly isAction: boolean }[] {
  const parts = template.split(/(\{\{.*?\}\})/);
  return parts
    .filter((part) => part !== "")
    .map((part) =>
      /^\{\{.*\}\}$/.test(part)
        ? { text: part.slice(2, -2), isAction: true }
        : { text: part, isAction: false },
    );
}

function tokensOf(action: string): string[] {
  const tokens = action.match(/"[^"\\]*"|\d+|\.\w+|\w+|[()|]|\S/g) ?? [];
  return [...tokens];
}

/** Reads `command | command`, each with its arguments; what is before a bar is the last argument of what follows. */
function pipeline(tokens: string[]): Segment[] {
  let piped: readonly Segment[] | undefined;
  do piped = command(tokens, piped);
  while (tokens[0] === "|" && tokens.shift() !== undefined);
  if (tokens.length > 0 && tokens[0] !== ")") refuse("be a template that Vault understands");
  return [...piped];
}

type Argument = { readonly text?: string; readonly segments: readonly Segment[] };

function command(tokens: string[], piped: readonly Segment[] | undefined): Segment[] {
  const name = tokens.shift() ?? "";
  const given: Argument[] = [];
  while (tokens.length > 0 && tokens[0] !== "|" && tokens[0] !== ")") given.push(argument(tokens));
  if (piped !== undefined) given.push({ segments: piped });
  return apply(name, given);
}

function argument(tokens: string[]): Argument {
  const token = tokens.shift() ?? "";
  if (token === "(") {
    const segments = pipeline(tokens);
    if (tokens.shift() !== ")") refuse("be a template that Vault understands");
    return { segments };
  }
  return /^["\d]/.test(token)
    ? { text: token.replace(/^"|"$/g, ""), segments: [] }
    : { segments: apply(token, []) };
}

function apply(name: string, given: readonly Argument[]): Segment[] {
  const [first, last] = [given[0], given.at(-1)];
  const count = Number(first?.text);
  switch (name) {
    case ".RoleName":
    case ".DisplayName":
      return [{ kind: "name", length: NAME }];
    case "random":
      return [{ kind: "random", length: count }];
    case "unix_time":
      return [{ kind: "time", length: 10 }];
    case "lowercase":
    case "uppercase":
      return [...(last?.segments ?? [])];
    case "truncate":
      return cut(last?.segments ?? [], count);
    case "printf":
      return formatted(first?.text ?? "", given.slice(1));
    default:
      return refuse(`use what Vault has in a template (${name} is none of it that the proof knows)`);
  }
}

function cut(segments: readonly Segment[], most: number): Segment[] {
  let left = most;
  return segments.map(({ kind, length }) => {
    const kept = Math.min(length, left);
    left -= kept;
    return { kind, length: kept };
  });
}

function formatted(format: string, given: readonly Argument[]): Segment[] {
  const texts = format.split("%s");
  if (texts.length - 1 !== given.length) refuse("give printf one value for each %s");
  return texts.flatMap((text, index) => [
    { kind: "text" as const, length: literal(text) },
    ...(given[index]?.segments ?? []),
  ]);
}
