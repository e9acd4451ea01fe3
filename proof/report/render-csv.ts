import type { AccessReports, EnvironmentReport } from "./model";

const HEADER = [
  "environment",
  "service",
  "how",
  "holds",
  "database",
  "schema",
  "table",
  "scope",
  "owner",
  "verb",
  "column",
  "via",
  "creds_path",
  "login",
  "reason",
  "object",
];

/** A line of a service that may do what nobody knows stands beside those of what it may do. */
function notKnownRows({ name, doubts }: EnvironmentReport): string[][] {
  return doubts.map(({ service, text }) => {
    const row = Object.fromEntries(HEADER.map((column) => [column, ""]));
    const told = { ...row, environment: name, service: service ?? "", holds: "not-known", reason: text };
    return HEADER.map((column) => (told as Record<string, string>)[column] ?? "");
  });
}

/** A line per service, table and verb, and per column where the verb is not for all of them. */
export function renderCsv({ environments }: AccessReports): string {
  return [HEADER, ...environments.flatMap((each) => [...rows(each), ...notKnownRows(each)])]
    .map((row) => `${row.map(cell).join(",")}\r\n`)
    .join("");
}

function rows({ name, tables, objects }: EnvironmentReport): string[][] {
  const all = [...tables.map((each) => ({ ...each, object: "table" })), ...objects];
  return all.flatMap(({ database, schema, table, scope, owner, object, reachedBy }) =>
    reachedBy.flatMap(({ service, how, holds, login, credsPath, verbs, via }) =>
      verbs.flatMap(({ verb, columns }) =>
        (columns.length === 0 ? [""] : columns).map((column) => [
          name,
          service ?? "",
          how,
          holds.value,
          database,
          schema ?? "",
          table,
          scope,
          owner ?? "",
          verb,
          column,
          via ?? "",
          credsPath,
          login,
          holds.value === "yes" ? "" : holds.reason,
          object,
        ]),
      ),
    ),
  );
}

/** As RFC 4180 has it; a text that a spreadsheet would run as a formula stays a text. */
function cell(text: string): string {
  const inert = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
