import { readAgentTemplate } from "../../lib/service/declaration/agent-template";
import { credentialsProblems } from "../../lib/service/declaration/credentials-file";

const BOTH = "{{ .Data.username }}:{{ .Data.password }}";
const problems = (template: string) =>
  credentialsProblems("file", { format: "custom", template, fileName: "db.txt" }).map(
    ({ must, fix }) => `${must}; ${fix}`,
  );

test.each([
  BOTH,
  "user={{.Data.username}}\npassword={{- .Data.password -}}\n",
  "{{ .Data.username | toJSON }} {{ .Data.password | toJSON }} {{ .LeaseDuration }}",
  '{{ if eq .Data.username "a" }}A{{ else if .Data.password }}B{{ else }}C{{ end }}',
  "{{ with .Data }}x{{ end }}{{/* a comment with {{ in it */}}" + BOTH,
  '{{ $user := .Data.username }}{{ $user }}{{ printf "%s" (trimSpace .Data.password | urlquery) }}{{ .Data.username }}',
  "{{ range $key, $value := .Data }}{{ $key }}={{ $value }}\n{{ end }}" + BOTH,
  "{{ .Data.username }}{{ `raw }} text` }}{{ .Data.password }}",
])("%j is a template that makes the file", (template) => expect(problems(template)).toEqual([]));

test.each<[string, RegExp]>([
  ["{{ .Data.username", /^be a template .*has no }}/],
  ["{{ .Data.username }} {{ .Data.password }", /^be a template/],
  [`{{ if .Data.username }}${BOTH}`, /\{\{ if }} has no \{\{ end }}/],
  [`${BOTH}{{ end }}`, /\{\{ end }} ends nothing/],
  [`${BOTH}{{ }}`, /an action is empty/],
  [`${BOTH}{{ "a" | }}`, /a value is missing/],
  [`${BOTH}{{ ( .Data }}`, /a bracket is not closed/],
  [`${BOTH}{{ .Data ) }}`, /a bracket is closed that is not open/],
  [`${BOTH}{{ $user }}`, /\$user is not defined/],
  [`${BOTH}{{ "a" .Data }}`, /takes no arguments/],
  [`${BOTH}{{ .Data # }}`, /cannot be read/],
  [`${BOTH}{{ else }}`, /\{\{ else }} belongs to nothing/],
  [`${BOTH}{{ define "x" }}{{ end }}`, /is not for a body/],
  ["user and password", /^use \.Data\.username/],
  [".Data.username .Data.password", /^use \.Data\.username/],
  ["{{/* .Data.username .Data.password */}}", /^use \.Data\.username/],
  ['{{ ".Data.username .Data.password" }}', /^use \.Data\.username/],
  [`${BOTH}{{ env "HOME" }}`, /env is none of them/],
  [`${BOTH}{{ .Data.password | writeToFile "/tmp/x" "" "" "0644" }}`, /writeToFile is none of them/],
  [`${BOTH}{{ plugin "sh" }}`, /plugin is none of them/],
  [`${BOTH}{{ with secret "database/creds/other" }}{{ .Data.password }}{{ end }}`, /secret is none of them/],
  [`${BOTH}{{ file "/etc/passwd" }}`, /file is none of them/],
  [`${BOTH}{{ noSuchFunction .Data }}`, /noSuchFunction is none of them/],
])("%j is refused", (template, message) => {
  expect(problems(template).join("\n")).toMatch(message);
});

test("any text is read or refused", () => {
  for (const text of [
    "{{",
    "}}",
    "{{{{",
    "{{-}}",
    "{{ - }}",
    "{{`",
    '{{ "',
    "{{/*",
    "{{ | }}",
    "{{ ((( }}",
    "{{ := }}",
    "\u0000",
  ])
    expect(() => readAgentTemplate(text)).not.toThrow();
});
