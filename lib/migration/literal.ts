/** A value as TypeScript writes it; on one line where that is short. */
export function literal(value: unknown, depth = 1): string {
  if (Array.isArray(value))
    return block(
      "[",
      "]",
      value.map((each) => literal(each, depth + 1)),
      depth,
    );
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(
      ([key, member]) =>
        `${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: ${literal(member, depth + 1)}`,
    );
  return block("{", "}", members, depth);
}

const WIDTH = 72;

function block(open: string, close: string, parts: readonly string[], depth: number): string {
  const inner = parts.join(", ");
  if (parts.length === 0) return `${open}${close}`;
  if (inner.length < WIDTH && !inner.includes("\n")) return open === "{" ? `{ ${inner} }` : `[${inner}]`;
  const indent = "  ".repeat(depth + 1);
  return `${open}\n${parts.map((part) => `${indent}${part},\n`).join("")}${"  ".repeat(depth)}${close}`;
}
