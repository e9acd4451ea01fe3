import { canonicalHost } from "./endpoints";

/** What a connection's URL says, or its keywords (`host=pg port=5432`). */
export interface DatabaseUrl {
  /** Of the URL itself; nothing where a placeholder of Vault stands there. */
  readonly user: string | undefined;
  /** Every host that is named, in one spelling, with its port. */
  readonly servers: readonly { readonly host: string; readonly port: string }[];
  readonly database: string | undefined;
  readonly sslMode: string | undefined;
}

/** Reads where a connection leads, as PostgreSQL's clients do: a URL, of several hosts too, or keywords. */
export function readDatabaseUrl(text: string): DatabaseUrl {
  const [, credentials = "", hosts = "", path = ""] =
    /^[a-z]+:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?/i.exec(text) ?? [];
  const [user = ""] = credentials.split(":");
  const named = hosts === "" ? (urlKeyword(text, "host") ?? "") : hosts;
  const port = hosts === "" ? urlKeyword(text, "port") : undefined;
  return {
    user: user === "" || user.startsWith("{{") ? undefined : user,
    servers: named === "" ? [] : named.split(",").map((each) => server(each, port)),
    database: path === "" ? urlKeyword(text, "dbname") : decoded(path),
    sslMode: urlKeyword(text, "sslmode"),
  };
}

/** `host=pg port=5432`, or the same behind a URL's question mark. */
export function urlKeyword(text: string, key: string): string | undefined {
  return new RegExp(`(?:^|[\\s?&])${key}=('[^']*'|[^\\s&]*)`).exec(text)?.[1]?.replace(/^'|'$/g, "");
}

function server(host: string, usual = "5432"): DatabaseUrl["servers"][number] {
  const [, name = host, port = usual] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  return { host: canonicalHost(name), port };
}

/** What is no encoding is the name itself. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
