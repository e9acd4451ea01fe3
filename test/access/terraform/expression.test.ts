import { evaluate } from "../../../proof/access/terraform/evaluate";
import type { Scope } from "../../../proof/access/terraform/scope";
import { isUnknown, Unknown, type Value } from "../../../proof/access";

const VALUES: Readonly<Record<string, Value>> = {
  name: "orders",
  count: 3,
  on: true,
  list: ["a", "b", "c"],
  map: { x: 1, y: 2 },
  services: { orders: { namespace: "shop", tables: ["orders"] }, billing: { namespace: "pay", tables: [] } },
  unknown: new Unknown("${var.unknown}"),
};

const scope: Scope = {
  resolve: ([first = "", second = ""]) => ({
    value:
      first === "var" ? (VALUES[second] ?? new Unknown(`\${var.${second}}`)) : new Unknown(`\${${first}}`),
    used: 2,
  }),
  files: { read: (file) => (file === "a.txt" ? "text" : undefined), render: () => "rendered" },
};

/** What Terraform's own console answers (1.14), value by value. */
test.each<[string, Value]>([
  ["plain", "plain"],
  ["$${escaped} %%{too}", "${escaped} %{too}"],
  ["${var.name}-${var.count}", "orders-3"],
  ["${var.list}", ["a", "b", "c"]],
  ["${var.list[1]}", "b"],
  ['${var.map["y"]}', 2],
  ['${var.services["orders"].tables[0]}', "orders"],
  ["${1 + 2 * 3 - 4 / 2}", 5],
  ["${(1 + 2) * 3 % 5}", 4],
  ["${-var.count}", -3],
  ["${!var.on || var.count >= 3 && var.count != 4}", true],
  ['${var.on ? "yes" : "no"}', "yes"],
  ["${var.count == 3 ? { a = 1 } : {}}", { a: 1 }],
  ['${[for s in var.list : upper(s) if s != "b"]}', ["A", "C"]],
  ["${{ for k, v in var.map : k => v * 2 }}", { x: 2, y: 4 }],
  ["${{ for k, v in var.services : v.namespace => k... }}", { shop: ["orders"], pay: ["billing"] }],
  ["${[for i, s in var.list : i]}", [0, 1, 2]],
  ["${values(var.services)[*].namespace}", ["pay", "shop"]],
  ['${merge({ a = 1, "b" = 2 }, { (var.name) = 3 })}', { a: 1, b: 2, orders: 3 }],
  ['${concat([var.list, ["d"]]...)}', ["a", "b", "c", "d"]],
  ['${join(",", concat(var.list, ["d"]))}', "a,b,c,d"],
  ['${format("%s-%03d", var.name, 7)}', "orders-007"],
  ['${replace("a.b.c", ".", "-")}', "a-b-c"],
  ['${jsonencode({ path = ["x"] })}', '{"path":["x"]}'],
  ['${try(var.map.z, "else")}', "else"],
  ['${lookup(var.map, "z", 9)}', 9],
  ['${coalesce("", "b")}', "b"],
  [
    '${setproduct(["a"], ["x", "y"])}',
    [
      ["a", "x"],
      ["a", "y"],
    ],
  ],
  ['${flatten([["a"], [["b"]]])}', ["a", "b"]],
  ['${trimsuffix("name-x", "-x")} ', "name "],
  ["%{ if var.on }in%{ else }out%{ endif }", "in"],
  ["%{ for s in var.list ~}\n${s},\n%{~ endfor }", "a,b,c,"],
  ['${file("a.txt")}', "text"],
  ['${"nested ${"deep ${var.name}"}"}', "nested deep orders"],
  ['${"a \\"quoted\\" \\u0041"}', 'a "quoted" A'],
  ["${<<-EOT\n    indented ${var.name}\n      more\n  EOT\n}", "indented orders\n  more\n"],
  ["${length(var.list) /* three */ + 1}", 4],
])("%s", (text, expected) => {
  expect(evaluate(text, scope)).toEqual(expected);
});

test.each([
  ["${var.unknown}", "${var.unknown}"],
  ["a-${var.missing}", "a-${var.missing}"],
  ["${upper(var.unknown)}", "${var.unknown}"],
  ["${uuid()}", "${uuid()}"],
  ["${jsonencode({ a = var.unknown })}", "${var.unknown}"],
  ['${file("b.txt")}', '${file("b.txt")}'],
  ["${this is no expression}", "${…}"],
])("%s is not known", (text, expression) => {
  const value = evaluate(text, scope);
  expect(isUnknown(value) && value.expression).toBe(expression);
});

test("what is not known stays where it is", () => {
  expect(evaluate({ a: ["${var.unknown}", "b"] }, scope)).toEqual({ a: [VALUES.unknown, "b"] });
  expect(evaluate("${concat(var.list, [var.unknown])}", scope)).toEqual(["a", "b", "c", VALUES.unknown]);
});
