import { Words, type Problem } from "../../core";
import { isPureFunction, readAgentTemplate } from "./agent-template";
import { rootCertificatePath } from "./contract-files";
import type { ServiceDatabase } from "./platform";

/** What the agent writes user and password to. It is one file, because each is replaced atomically and a pair is not. */
export type Credentials =
  /** `{"username":…,"password":…,"lease_duration":…}`, the duration in seconds. */
  | { readonly format: "json" }
  /** `PGUSER='…'`, `PGPASSWORD='…'` and `LEASE_DURATION=…`, for a shell or a dotenv reader. */
  | { readonly format: "env" }
  /** `username=…`, `password=…` and `lease_duration=…`, for Java. */
  | { readonly format: "properties" }
  /** One `postgresql://` URL, with the TLS settings of the database. */
  | { readonly format: "url" }
  | {
      readonly format: "custom";
      /**
       * Body of a template of the Vault agent, which may use `.Data.username`, `.Data.password` and
       * `.LeaseDuration`; white space at either end is cut.
       */
      readonly template: string;
      /** Name of the file under `/vault/secrets`. */
      readonly fileName: string;
    };

/** Where the injector mounts the files. */
const SECRETS_DIRECTORY = "/vault/secrets";

/** The file's name; the extension says the format. */
export function credentialsFileName(database: string, credentials: Credentials): string {
  return credentials.format === "custom" ? credentials.fileName : `${database}.${credentials.format}`;
}

/** The file's path in the pod. */
export function credentialsFilePath(fileName: string): string {
  return `${SECRETS_DIRECTORY}/${fileName}`;
}

/** The agent's template of the file: one read of one path, so that user and password belong together. */
export function credentialsTemplate(
  credsPath: string,
  credentials: Credentials,
  database: ServiceDatabase,
): string {
  return `{{- with secret "${credsPath}" -}}\n${body(credentials, database)}\n{{- end -}}`;
}

function body(credentials: Credentials, database: ServiceDatabase): string {
  switch (credentials.format) {
    case "json":
      return '{"username":{{ .Data.username | toJSON }},"password":{{ .Data.password | toJSON }},"lease_duration":{{ .LeaseDuration }}}';
    // Vault generates both of letters, digits, '-' and '_', in which neither a shell nor Java finds anything to read.
    case "env":
      return "PGUSER='{{ .Data.username }}'\nPGPASSWORD='{{ .Data.password }}'\nLEASE_DURATION={{ .LeaseDuration }}";
    case "properties":
      return "username={{ .Data.username }}\npassword={{ .Data.password }}\nlease_duration={{ .LeaseDuration }}";
    case "url":
      return connectionUrl(database);
    case "custom":
      return credentials.template;
  }
}

function connectionUrl(database: ServiceDatabase): string {
  const { host, port, tls } = database;
  const address = host.includes(":") ? `[${host}]` : host;
  const rootCertificate = rootCertificatePath(database);
  const trust = rootCertificate === null ? "" : `&sslrootcert=${rootCertificate}`;
  return (
    "postgresql://{{ .Data.username | urlquery }}:{{ .Data.password | urlquery }}" +
    `@${address}:${port}/${encodeURIComponent(database.database)}?sslmode=${tls.mode}${trust}`
  );
}

/** What is wrong with the file that a service asks for. */
export function credentialsProblems(property: string, credentials: Credentials): Problem[] {
  if (credentials.format !== "custom") return [];
  const { template, fileName } = credentials;
  return [
    ...fileNameProblems(`${property}.fileName`, fileName),
    ...templateProblems(`${property}.template`, template),
  ];
}

function fileNameProblems(property: string, fileName: string): Problem[] {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(fileName)) return [];
  return [
    {
      property,
      must: "be a file name of 1 to 63 letters, digits, '.', '_' and '-', without a directory",
      got: fileName,
      fix: 'write it like "database.yml"; it is written to /vault/secrets',
    },
  ];
}

/** Fields of which a file without them is no credential. */
const NEEDED = [".Data.username", ".Data.password"];

function templateProblems(property: string, template: string): Problem[] {
  const problem = (must: string, fix: string): Problem => ({
    property,
    must,
    // It may hold what somebody did not want to show, and it is long.
    got: new Words(`a template of ${template.length} characters`),
    fix,
  });
  const read = readAgentTemplate(template);
  if (read.error !== undefined)
    return [problem("be a template that the Vault agent can read", `correct it: ${read.error}`)];
  const foreign = [...read.functions].filter((name) => !isPureFunction(name));
  return [
    ...NEEDED.filter((field) => !read.fields.has(field)).map((field) =>
      problem(`use ${field}`, `write {{ ${field} }} where it belongs`),
    ),
    ...foreign.map((name) =>
      problem(
        `use functions that read and write nothing but what they are given, ${name} is none of them`,
        "leave it out: the body stands inside the one read of the credential",
      ),
    ),
  ];
}
