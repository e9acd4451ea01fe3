import fc from "fast-check";

const TEXTS = [
  '""',
  '"a"',
  '"b-1"',
  '"é"',
  '"日本"',
  '"e\\u0301"',
  '"a\\nb"',
  '" x "',
  '"10"',
  '"1.5"',
  '"true"',
  '"a,b"',
];
const NUMBERS = ["0", "1", "2", "-1", "3", "1.5", "10", "0.1", "1e3", "9007199254740993"];

/** A place for an expression of some type. */
const HOLE = /<[tnblma]>/g;

const PER_TYPE = {
  text: fc.constantFrom(...TEXTS),
  number: fc.constantFrom(...NUMBERS),
  boolean: fc.constantFrom("true", "false", "1 == 2"),
  other: fc.constantFrom(
    "null",
    "[]",
    "{}",
    "tolist([])",
    "tomap({})",
    "toset([])",
    "sensitive(1)",
    "uuid()",
  ),
};

/** Calls with the places of their arguments: t, n, b, l (list), m (map), a (any). */
const CALLS = [
  "abs(<n>)",
  "alltrue(<l>)",
  "anytrue(<l>)",
  "base64encode(<t>)",
  "basename(<t>)",
  "can(<a>)",
  "ceil(<n>)",
  "chomp(<t>)",
  "chunklist(<l>, <n>)",
  "coalesce(<a>, <a>)",
  "coalescelist(<l>, <l>)",
  "compact(<l>)",
  "concat(<l>, <l>)",
  "contains(<l>, <a>)",
  "dirname(<t>)",
  "distinct(<l>)",
  "element(<l>, <n>)",
  "endswith(<t>, <t>)",
  "flatten(<l>)",
  "floor(<n>)",
  "format(<t>, <a>)",
  'format("%s-%v", <a>, <a>)',
  'format("%d|%05d", <n>, <n>)',
  'formatlist("%s", <l>)',
  "index(<l>, <a>)",
  "join(<t>, <l>)",
  "jsonencode(<a>)",
  "jsondecode(jsonencode(<a>))",
  "keys(<m>)",
  "length(<a>)",
  "lookup(<m>, <t>, <a>)",
  "lower(<t>)",
  "matchkeys(<l>, <l>, <l>)",
  "max(<n>, <n>)",
  "merge(<m>, <m>)",
  "min(<n>, <n>)",
  "one(<l>)",
  "parseint(<t>, 10)",
  "pow(<n>, <n>)",
  "range(<n>)",
  "replace(<t>, <t>, <t>)",
  "reverse(<l>)",
  "setintersection(<l>, <l>)",
  "setproduct(<l>, <l>)",
  "setsubtract(<l>, <l>)",
  "setunion(<l>, <l>)",
  "signum(<n>)",
  "slice(<l>, <n>, <n>)",
  "sort(<l>)",
  "split(<t>, <t>)",
  "startswith(<t>, <t>)",
  "strrev(<t>)",
  "substr(<t>, <n>, <n>)",
  "sum(<l>)",
  "title(<t>)",
  "tobool(<a>)",
  "tolist(<l>)",
  "tomap(<m>)",
  "tonumber(<a>)",
  "toset(<l>)",
  "tostring(<a>)",
  "transpose(<m>)",
  "trim(<t>, <t>)",
  "trimprefix(<t>, <t>)",
  "trimspace(<t>)",
  "trimsuffix(<t>, <t>)",
  "try(<a>, <a>)",
  "upper(<t>)",
  "urlencode(<t>)",
  "values(<m>)",
  "yamldecode(<t>)",
  "yamlencode(<a>)",
  "zipmap(<l>, <l>)",
  'regexall("[a-z]+", <t>)',
  'replace(<t>, "/[0-9]+/", <t>)',
  "nonsensitive(<a>)",
  "issensitive(<a>)",
  "md5(<t>)",
];

const OPERATIONS = [
  "<a> == <a>",
  "<a> != <a>",
  "<n> + <n>",
  "<n> - <n>",
  "<n> * <n>",
  "<n> / <n>",
  "<n> % <n>",
  "<n> < <n>",
  "<n> >= <a>",
  "<b> && <b>",
  "<b> || <a>",
  "!<b>",
  "-<n>",
  "<b> ? <a> : <a>",
  "<a> ? <t> : <t>",
  "<b> ? <l> : <l>",
  "<b> ? <m> : <m>",
  "(<a>)",
  "<a>[<n>]",
  "<l>[<n>]",
  "<m>[<t>]",
  "<m>.a",
  "<l>[*]",
  "<l>[*].a",
  "<l>.*.a",
  "<a>[*]",
  "[for x in <l> : x]",
  "[for i, x in <l> : i]",
  "[for x in <a> : x if <b>]",
  "[for k, v in <m> : k]",
  "{ for x in <l> : x => <a> }",
  "{ for x in <l> : x => 1... }",
  "{ for k, v in <m> : k => v }",
  "[for x in <l> : x == <a>]",
  '"${<a>}"',
  '"x${<t>}y${<n>}"',
  '"${<a>}-${<a>}"',
  '"%{ if <b> }${<t>}%{ else }z%{ endif }"',
  '"%{ for x in <l> ~} ${x} %{~ endfor }"',
  '" ${~ <t> ~} "',
];

const LISTS = [
  "[<a>, <a>]",
  "[<t>, <t>, <t>]",
  "[<n>, <n>]",
  "[<m>, <m>]",
  "[<l>]",
  "toset([<t>, <t>])",
  "tolist([<t>, <n>])",
  "keys(<m>)",
  "[<a>]",
  "[<b>]",
];
const MAPS = [
  "{ a = <a> }",
  "{ a = <t>, b = <n> }",
  '{ "x" = <a>, a = <a> }',
  "tomap({ a = <t>, b = <t> })",
  "{ (<t>) = <a> }",
  "merge(<m>, <m>)",
  "{ a = <m> }",
];

/** Expressions of Terraform's language, most of them of types that fit. */
export const expressions = fc.letrec<Record<"t" | "n" | "b" | "l" | "m" | "a", string>>((tie) => {
  const filled = (shapes: readonly string[]) =>
    fc.constantFrom(...shapes).chain((shape) => {
      const holes = shape.match(HOLE) ?? [];
      return fc.tuple(...holes.map((hole) => tie(hole[1] as "a") as fc.Arbitrary<string>)).map((values) => {
        let next = 0;
        return shape.replace(HOLE, () => values[next++] ?? "");
      });
    });
  const some = (literal: fc.Arbitrary<string>, shapes: readonly string[]) =>
    fc.oneof({ maxDepth: 3, depthIdentifier: "expression" }, literal, filled(shapes));
  const any = [...CALLS, ...OPERATIONS];
  const of = (...starts: string[]) => any.filter((shape) => starts.some((start) => shape.startsWith(start)));
  return {
    t: some(
      PER_TYPE.text,
      of("format(", "join", "lower", "replace", "substr", "tostring", "trim", '"x', "upper"),
    ),
    n: some(PER_TYPE.number, of("<n> +", "<n> *", "length", "max", "tonumber", "floor", "index")),
    b: some(PER_TYPE.boolean, of("<a> ==", "<n> <", "<b> &&", "!<b>", "contains", "can", "startswith")),
    l: some(fc.constantFrom("[]", '["a", "b"]', '[1, "a"]', "[null]"), LISTS),
    m: some(fc.constantFrom("{}", "{ a = 1 }"), MAPS),
    a: fc.oneof(
      { maxDepth: 3, depthIdentifier: "expression" },
      fc.oneof(...Object.values(PER_TYPE)),
      filled(any),
      tie("l"),
      tie("m"),
    ),
  };
}).a;
