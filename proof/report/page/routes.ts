/** What the page shows: an environment, one of its parts, one service or table, or two environments side by side. */
export interface Route {
  readonly environment: string;
  readonly kind: "home" | "part" | "service" | "table" | "beside";
  /** Id of the service or of the table, name of the part or of the other environment; empty for `home`. */
  readonly id: string;
}

const KINDS = ["service", "table", "beside"] as const;

/** Where a link leads to: `#production`, `#production/findings`, `#production/service/shop/orders`. */
export function linkTo(environment: string, kind: Route["kind"] = "home", id = ""): string {
  const parts = { home: [environment], part: [environment, id] }[kind as string] ?? [environment, kind, id];
  return `#${parts.map(encoded).join("/")}`;
}

/** What a link leads to; undefined where it is none of this page. */
export function routeOf(hash: string): Route | undefined {
  const [, environment = "", kind = "", id] = /^#?([^/]*)(?:\/([^/]*)(?:\/(.*))?)?$/s.exec(hash) ?? [];
  try {
    const named = decodeURIComponent(environment);
    if (named === "") return undefined;
    const found = KINDS.find((each) => each === kind);
    if (found !== undefined && id !== undefined)
      return { environment: named, kind: found, id: decodeURIComponent(id) };
    return kind === ""
      ? { environment: named, kind: "home", id: "" }
      : { environment: named, kind: "part", id: decodeURIComponent(kind) };
  } catch {
    return undefined;
  }
}

/** A slash stays one, for ids of services have one; half a letter, which no address can hold, is replaced. */
function encoded(part: string, index: number): string {
  const text = encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd"));
  return index === 2 ? text.replaceAll("%2F", "/") : text;
}
