import type { AccessReports, EnvironmentReport } from "./model";

const HEADER = [
  "environment",
  "service",
  "how",
  "certainty",
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
];

/** A line per service, table and verb, and per column where the verb is not for all of them. */
export function renderCsv({ environments }: AccessReports): string {
  return [HEADER, ...environments.flatMap(rows)].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function rows({ name, tables }: EnvironmentReport): string[][] {
  return tables.flatMap(({ database, schema, table, scope, owner, reachedBy }) =>
    reachedBy.flatMap(({ service, how, certainty, login, credsPath, verbs, via }) =>
      verbs.flatMap(({ verb, columns }) =>
        (columns.length === 0 ? [""] : columns).map((column) => [
          name,
          service ?? "",
          how,
          certainty,
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
