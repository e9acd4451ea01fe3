import { INJECTOR_PREFIX, known, renderTemplate, type Chain, type Known, type Secret } from "../../access";
import { MANIFEST_CONTAINER, MANIFEST_HEAD, MANIFEST_POD, MANIFEST_SECRET } from "../example-parts";
import type { Rule } from "../rule";
import { listed, show } from "../words";
import { contractFinder } from "./contracts";
import type { DatabaseContract } from "./contract-shape";

export const template: Rule = {
  id: "proof/template",
  severity: "error",
  title: "template from which no client reads user and password",
  why: "The template is run with a sample of what Vault answers, and its output is read as the clients read it: an application whose file says something else has no credentials. (consul-template; the clients' parsers)",
  example: {
    language: "yaml",
    text: `${MANIFEST_HEAD}
${MANIFEST_SECRET}
        vault.hashicorp.com/agent-inject-template-shop: |
          {{- with secret "database/creds/orders" -}}{"user":{{ .Data.username | toJSON }}}{{- end -}}
${MANIFEST_POD}
${MANIFEST_CONTAINER}`,
  },
  *check(graph) {
    const contractsOf = contractFinder(graph);
    for (const chain of graph.chains) {
      const { workload, use } = chain;
      const path = known(use.path);
      const text = known(use.template);
      if (path === undefined || !path.includes("/creds/")) continue;
      const database = contractsOf(workload)
        .flatMap(({ contract }) => Object.values(contract.databases))
        .find(({ credentialsFile }) => credentialsFile === known(use.file));
      const announced = workload.pod.annotations[`${INJECTOR_PREFIX}agent-inject-secret-${use.name}`];
      for (const message of [...problems(text, path, sample(chain), database), ...apart(announced, path)]) {
        yield {
          at: workload.origin,
          message: `the template of ${show(use.name)} ${message}`,
          fix: `write user and password of {{ with secret ${JSON.stringify(path)} }} in the format that the application reads`,
        };
      }
    }
  },
};

/** The annotation of the secret is what people read; the template is what the agent does. */
function apart(announced: Known<string>, path: string): string[] {
  const isOther = announced !== undefined && known(announced) !== path;
  return isOther ? [`reads ${show(path)}, and agent-inject-secret announces ${show(announced)}`] : [];
}

/** Words that stand nowhere else, of the letters that Vault uses. */
function sample({ databaseRole }: Chain): Secret {
  return {
    Data: { username: "v-sample-user-Qm3uBsbP1mXa-1790000000", password: "A1a-Sample_pass-9vTq" },
    LeaseDuration: known(databaseRole?.defaultTtl) ?? 3600,
    LeaseID: "sample/lease",
    Renewable: true,
  };
}

function problems(
  text: string | undefined,
  path: string,
  secret: Secret,
  database: DatabaseContract | undefined,
): string[] {
  if (text === undefined) return [];
  const rendered = renderTemplate(text, secret);
  if (rendered.kind === "unknown") return [];
  if (rendered.kind === "error") return [`cannot be rendered: ${rendered.error}`];
  const others = rendered.paths.filter((each) => each !== path);
  if (others.length > 0) return [`reads ${listed(others.map(show))}, and not ${show(path)}`];
  if (rendered.paths.length !== 1)
    return [`reads ${show(path)} ${rendered.paths.length} times, and each read may be of another user`];
  return read(rendered.text, secret, database);
}

/** What a client that reads the output comes to, beside what Vault has answered. */
function read(text: string, { Data: data, LeaseDuration }: Secret, database?: DatabaseContract): string[] {
  const user = String(data.username);
  const password = String(data.password);
  if (database === undefined || database.format === "custom")
    return text.includes(user) && text.includes(password) ? [] : ["writes no user and password"];
  const found = READERS[database.format](text, database);
  const expected = { user, password, ...(database.format !== "url" && { lease: String(LeaseDuration) }) };
  const wrong = Object.entries(expected).filter(([key, value]) => found[key] !== value);
  return wrong.length === 0
    ? []
    : [`is read as ${database.format}, and gives another ${listed(wrong.map(([key]) => NAMES[key] ?? key))}`];
}

const NAMES: Readonly<Record<string, string>> = {
  lease: "lease duration",
  address: "server, database or TLS mode",
};

type Read = Readonly<Record<string, string | undefined>>;

/** As the clients read: leasehold's own, a shell and Java's properties. */
const READERS: Readonly<
  Record<Exclude<DatabaseContract["format"], "custom">, (text: string, database: DatabaseContract) => Read>
> = {
  json: (text) => {
    try {
      const {
        username,
        password,
        lease_duration: lease,
        ...more
      } = JSON.parse(text) as Record<string, unknown>;
      const isAll = typeof lease === "number" && Object.keys(more).length === 0;
      return { user: texted(username), password: texted(password), ...(isAll && { lease: String(lease) }) };
    } catch {
      return {};
    }
  },
  env: (text) =>
    lines(text, /^(PGUSER|PGPASSWORD)='([\w-]+)'$|^(LEASE_DURATION)=(\d+)$/, {
      PGUSER: "user",
      PGPASSWORD: "password",
      LEASE_DURATION: "lease",
    }),
  properties: (text) =>
    lines(text, /^(username|password)=([\w-]+)$|^(lease_duration)=(\d+)$/, {
      username: "user",
      password: "password",
      lease_duration: "lease",
    }),
  url: (text, database) => {
    if (!URL.canParse(text.trim())) return {};
    const url = new URL(text.trim());
    const isThere = addressOf(url) === expectedAddress(database);
    // A client that is sent elsewhere gives its password to somebody else.
    return isThere
      ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : {};
  },
};

function texted(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The values of lines of a form; nothing where one is of another. */
function lines(text: string, form: RegExp, names: Readonly<Record<string, string>>): Read {
  const all = text.split("\n").map((line) => form.exec(line));
  if (all.includes(null)) return {};
  return Object.fromEntries(
    all.map((line) => [names[line?.[1] ?? line?.[3] ?? ""] ?? "", line?.[2] ?? line?.[4]] as const),
  );
}

function addressOf(url: URL): string {
  const parameters = [...url.searchParams].map(([key, value]) => `${key}=${value}`).sort();
  return [
    url.protocol,
    url.hostname,
    url.port,
    decodeURIComponent(url.pathname.slice(1)),
    ...parameters,
  ].join(" ");
}

function expectedAddress({ host, port, database, sslMode, sslRootCert }: DatabaseContract): string {
  const parameters = [`sslmode=${sslMode}`, ...(sslRootCert === null ? [] : [`sslrootcert=${sslRootCert}`])];
  const hostname = host.includes(":") ? `[${host}]` : host;
  return ["postgresql:", hostname, String(port), database, ...parameters.sort()].join(" ");
}
