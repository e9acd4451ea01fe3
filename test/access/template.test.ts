import fc from "fast-check";
import { renderTemplate } from "../../proof/access";

const SECRET = {
  Data: { username: "v-orders-1", password: "A1a-b_c" },
  LeaseDuration: 900,
  LeaseID: "database/creds/orders/x",
  Renewable: true,
};
const rendered = (template: string) => renderTemplate(template, SECRET);

/** What Go's text/template makes of each, with the functions of consul-template. */
test.each<[string, string]>([
  ['{{- with secret "p" -}}\n{{ .Data.username }}\n{{- end -}}', "v-orders-1"],
  ['a {{- with secret "p" }} {{ .LeaseDuration }} {{ end -}} b', "a 900 b"],
  ['{{ with secret "p" }}{{ range $k, $v := .Data }}x{{ end }}{{ end }}', "UNKNOWN several variables"],
  ['{{ with secret "p" }}{{ range .Data }}[{{ . }}]{{ end }}{{ end }}', "[A1a-b_c][v-orders-1]"],
  [
    '{{ with secret "p" }}{{ if eq .Data.username "x" }}A{{ else if .Renewable }}B{{ else }}C{{ end }}{{ end }}',
    "B",
  ],
  ['{{ with $s := secret "p" }}{{ $s.Data.password }}{{ end }}', "A1a-b_c"],
  [
    '{{ with secret "p" }}{{ printf "%s:%q" .Data.username .Data.password }}{{ end }}',
    'v-orders-1:"A1a-b_c"',
  ],
  ['{{ with secret "p" }}{{ .Data | toJSON }}{{ end }}', '{"password":"A1a-b_c","username":"v-orders-1"}'],
  ['{{ with secret (print "p" "/q") }}{{ .Data.username | toUpper }}{{ end }}', "V-ORDERS-1"],
  ['{{ "a b&c=d/e~*" | urlquery }}', "a+b%26c%3Dd%2Fe~%2A"],
  ['{{ "<&>" | toJSON }}', '"\\u003c\\u0026\\u003e"'],
  ["{{/* nothing {{ */ -}}  x", "x"],
  ['{{ print 1 2 "a" 3 }}', "1 2a3"],
  ["{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"],
  ["{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "ERROR $x is not defined"],
  ['{{ with secret "p" }}{{ .Data.user }}{{ end }}', "ERROR there is no .user"],
  ['{{ with secret "p" "ttl=1h" }}x{{ end }}', "ERROR secret is given data, and so writes to Vault"],
  ['{{ with secret "p" }}x', "ERROR {{ with }} has no {{ end }}"],
  ['{{ with secrets "p" }}x{{ end }}', "UNKNOWN the function secrets"],
  ['{{ env "HOME" }}', "UNKNOWN the function env"],
])("%j makes %j", (template, expected) => {
  const found = rendered(template);
  if (found.kind === "text") expect(found.text).toBe(expected);
  if (found.kind === "error") expect(`ERROR ${found.error}`).toBe(expected);
  if (found.kind === "unknown") expect(`UNKNOWN ${found.what}`).toBe(expected);
});

test("the paths are those that are read, as often as they are", () => {
  const found = rendered(
    '{{ with secret "a" }}{{ end }}{{ with secret "b" }}{{ end }}{{ with secret "a" }}{{ end }}',
  );
  expect(found).toMatchObject({ kind: "text", paths: ["a", "b", "a"] });
});

test("whatever is written, there is an answer", () => {
  const piece = fc.constantFrom(
    ...[
      '{{ with secret "p" }}',
      "{{ end }}",
      "{{ else }}",
      "{{ .Data.username }}",
      "{{ if .X }}",
      "{{- ",
      " -}}",
    ],
    ...[
      "{{ $x := . }}",
      "{{ $x }}",
      "text",
      "{{",
      "}}",
      '{{ "\\q" }}',
      "{{ range . }}",
      "{{ . | toJSON }}",
      "{{/*",
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      expect(["text", "error", "unknown"]).toContain(rendered(pieces.join("")).kind);
    }),
    { numRuns: 3_000 },
  );
});
