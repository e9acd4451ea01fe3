/** Files beside the expressions. */
export const FILES: Readonly<Record<string, string>> = {
  "a.txt": "text\n",
  "names.tpl":
    '%{ for n in names ~}\n  <${n}>\n  %{ if n == "a" }x%{ else ~}\n   y\n%{ endif ~}\n%{ endfor ~}\n',
  "trim.tpl": "a\n  %{~ if true ~}\n  b\n  %{~ endif ~}\n\n  c ${~ 1 ~}  \n  d",
  "trim2.tpl":
    "x \n\n ${~ v ~} \n\n y\n${ v ~}\n\n  z ${~ v }\n\t%{~ for q in [1, 2] ~}\n\t${ q }, \n%{~ endfor }\n",
  "single.tpl": "${v}",
  "typed.tpl": "%{ if v }${1}%{ endif }",
  "missing.tpl": "${v} ${w}",
  "escaped.tpl": '$${v} %%{ if } \\n \\" $ % $$ %% ${"q\\n"}',
  "heredocs.tf": [
    "locals {",
    '  h1 = <<EOT\n  a ${"b"}\n    c\nEOT',
    '  h2 = <<-EOT\n    a ${"b"}\n      c\n\n    d\n    EOT',
    "  h3 = <<-EOT\n    a\n   \n    ${1}\n  EOT",
    '  h4 = <<-EOT\n    %{ for x in ["a", "b"] ~}\n    - ${x}\n    %{ endfor ~}\n    end\n  EOT',
    "  h5 = <<-EOT\n  EOT",
    '  h6 = <<EOT\n$${a} \\n \\u0041 "q"\nEOT',
    '  h7 = upper(<<-EOT\n    x ${"y"}\n     z\n    EOT\n  )',
    "}",
    "",
  ].join("\n"),
};

export const HEREDOCS = ["h1", "h2", "h3", "h4", "h5", "h6", "h7"].map((name) => `local.${name}`);

const LANGUAGE = `
1
1.5
1e3
1.0
0.1
100000000000000000000
9007199254740993
0.1 + 0.2
0.1 + 0.2 == 0.3
10 / 3
7 / 2
1 / 0
0 / 0
5 % 0
-7 % 3
7.5 % 2
-0
-1
- 1
-"3"
"5" + 1
"5" * "2"
"a" + 1
null + 1
true + 1
1 + 2 * 3 - 4 / 2
(1 + 2) * 3 % 5
9007199254740991 + 1
9007199254740991 + 2
1e400
1e-10
123456789.123456789
24 * 3600
1.5 * 3600
"true" && true
"1" && true
"yes" && true
null && true
!"true"
!null
!0
true || false
true && false
1 < 2
"1" < 2
"a" < "b"
1 == 1
1 == "1"
"1" == "1"
true == "true"
null == null
null == 1
[1] == [1]
[1] == ["1"]
[1] == tolist([1])
[] == []
[] == tolist([])
{} == {}
{ a = 1 } == { a = 1 }
{ a = 1, b = 2 } == { b = 2, a = 1 }
{ a = 1 } == { a = "1" }
{ a = null } == { a = 1 }
[null] == [null]
tomap({ a = 1 }) == { a = 1 }
toset(["b", "a"]) == toset(["a", "b"])
tostring(null) == null
"a" != "b"
1 != 1.0
true ? 1 : 2
false ? 1 : 2
"true" ? 1 : 2
"a" ? 1 : 2
null ? 1 : 2
true ? 1 : "a"
true ? "a" : 1
true ? 1 : false
true ? "a" : false
false ? "a" : false
true ? null : 1
false ? null : 1
true ? [1] : ["a"]
true ? [1] : []
true ? [1, "a"] : [true]
true ? [] : {}
true ? { a = 1 } : { b = "x" }
true ? { a = 1 } : {}
false ? { a = 1 } : {}
true ? { a = 1 } : { a = "x" }
true ? { a = { b = 1 } } : { a = {} }
true ? tolist([1]) : [2, 3]
true ? toset(["a"]) : ["b"]
true ? [1] : 1
true ? 1 : nofunction(1)
true ? 1 : 1 + "a"
true ? 1 : [][0]
false ? [][0] : "x"
true ? [null] : [1]
true ? { a = null } : { a = 1 }
true ? [{ a = 1 }] : [{ a = "x" }]
true ? [{ a = 1 }] : [{ b = "x" }]
"\${[1]}"
"\${{ a = 1 }}"
"\${null}"
"\${true}"
"\${1}" == 1
"a\${null}"
"a\${1}"
"a\${1.5}"
"a\${true}"
"a\${[1]}"
"a\${{}}"
"\${1}\${2}"
""
" "
"\${""}"
"\\n\\t\\"\\\\ \\u0041 \\U0001F600"
"$\${a} %%{b} $ % $$ %%"
"%{ if true }1%{ endif }"
"%{ if true }\${1}%{ endif }"
"%{ if false }1%{ endif }"
"%{ if true }a%{ else }b%{ endif }"
"%{ if false }a%{ else }b%{ endif }"
"%{ if null }a%{ endif }"
"%{ if true }\${null}%{ endif }"
"%{ if true }\${[]}%{ endif }"
"%{ for x in [1, 2] }\${x},%{ endfor }"
"%{ for k, v in { a = 1, b = 2 } }\${k}\${v}%{ endfor }"
"%{ for x in [] }\${x}%{ endfor }"
"%{ for x in null }a%{ endfor }"
"%{ for x in ["a"] }\${x}%{ endfor }"
"a\\n  \${~ 1 ~}\\n   c"
" a \${~ 1 ~} b \${~ 2 } c "
"x %{~ if true ~} y %{~ else ~} z %{~ endif ~} w"
"x %{ if false ~} y %{ else ~} z %{~ endif } w"
"\${ "a \${ "b" }" }"
"e\\u0301" == "\\u00e9"
"é"
"日本語"
[1, "a", null, true]
[1, 2,]
[]
{}
{ a = 1, b = "x" }
{ a : 1 }
{ "a" = 1, "a" = 2 }
{ (1) = 2 }
{ 1 = 2 }
{ true = 1 }
{ null = 1 }
{ (null) = 1 }
{ (true) = 1 }
{ ("a") = 1 }
{ "a\${1}" = 1 }
{ upper("a") = 1 }
{ b = 1, a = 2, "10" = 3, "9" = 4 }
{ "__proto__" = 1 }
{ a = 1 }["a"]
{ a = 1 }["b"]
{ a = 1 }.a
{ a = 1 }.b
{ a = 1 }[0]
{ "0" = 1 }[0]
{ "a b" = 1 }["a b"]
tomap({ a = 1 }).a
tomap({ a = 1 }).b
[1, 2][0]
[1, 2][2]
[1, 2][-1]
[1, 2][1.0]
[1, 2][0.5]
[1]["0"]
[1]["a"]
[1, 2].0
[1].a
[[1, 2]][0][1]
"abc"[0]
null[0]
null.a
1[0]
toset(["a"])[0]
[{ a = 1 }].*.a
[{ a = 1 }][*].a
[{ a = 1 }][*].b
[{ a = [1, 2] }, { a = [3] }].*.a[0]
[{ a = [1, 2] }, { a = [3] }][*].a[0]
[{ a = [{ b = 1 }] }][*].a[*].b
null[*]
"x"[*]
{ a = 1 }[*].a
{ a = 1 }.*.a
[null][*]
[null][*].a
tolist([{ a = 1 }])[*].a
toset(["b", "a"])[*]
[for x in [1, 2, 3] : x * 2]
[for i, x in ["a", "b"] : "\${i}\${x}"]
[for x in [1, 2, 3] : x if x > 1]
[for x in [1] : x if null]
[for x in [1] : x if "true"]
[for x in [1] : x if "a"]
[for x in null : x]
[for x in "abc" : x]
[for x in {} : x]
[for x in { b = 1, a = 2 } : x]
[for k, v in { b = 1, a = 2, "10" = 3, "9" = 4 } : k]
[for x in toset(["b", "a"]) : x]
[for k, v in toset(["b", "a"]) : "\${k}\${v}"]
[for x in [1] : [for y in [2] : x + y]]
[for x in [1] : x.a]
[for x in [[1, 2], [3]] : x[1]]
{ for x in ["a", "b"] : x => upper(x) }
{ for x in ["a", "a"] : x => 1 }
{ for x in ["a", "a"] : x => 1... }
{ for i, x in ["a", "b"] : i => x }
{ for x in [null] : x => 1 }
{ for x in [[]] : x => 1 }
{ for x in [true] : x => 1 }
{ for k, v in { a = 1 } : k => v if v > 1 }
{ for s in ["__proto__"] : s => 1 }
(1)
(  1  +  1  )
/* c */ 1 /* d */
nofunction(1)
length(null)
upper()
upper("a", "b")
upper(1)
upper(null)
upper([])
max([1, 2]...)
max([]...)
concat([1], [[2]]...)
concat([1], ["a"]...)
max("1", 2)
core::upper("a")
provider::x::y(1)
`;

/** Every function of Terraform's with what is usual for it and what is at its edges. */
const FUNCTIONS = `
abs(-1)
abs("-1.5")
abs(null)
abspath("a")
alltrue([])
alltrue([true, "true"])
alltrue([true, false])
alltrue([true, null])
alltrue([null])
alltrue(["a"])
alltrue([1])
anytrue([])
anytrue([false, "true"])
anytrue([null])
anytrue([false, null])
base64decode("YQ==")
base64decode("YQ")
base64decode("!!")
base64decode("")
base64decode("/w==")
base64decode("YQ==\\n")
base64encode("é")
base64encode("")
base64gzip("a")
base64sha256("a")
base64sha512("a")
basename("a/b.txt")
basename("")
basename("/")
basename("a/")
basename("a//")
bcrypt("a")
can(1)
can(1 + "a")
can([][0])
can(nofunction(1))
can(null)
can({ a = 1 }.b)
can(sensitive(1))
ceil(1.2)
ceil(-1.2)
ceil(-0.5)
ceil("1.5")
chomp("a\\n\\n")
chomp("a\\r\\n")
chomp("\\n")
chomp("a\\nb")
chunklist(["a", "b", "c"], 2)
chunklist([], 2)
chunklist(["a"], 0)
chunklist(["a"], -1)
chunklist(["a", 1], 1)
cidrhost("10.0.0.0/8", 2)
cidrnetmask("10.0.0.0/8")
cidrsubnet("10.0.0.0/8", 8, 2)
cidrsubnets("10.0.0.0/8", 8, 8)
coalesce("", "b")
coalesce("", 1)
coalesce(null, "")
coalesce(null, null)
coalesce(null, 2, "a")
coalesce(1, 2)
coalesce(false, true)
coalesce([], [1])
coalesce([], ["a"])
coalesce("a", 1)
coalesce(1, "a")
coalesce(1, true)
coalesce()
coalesce({}, { a = 1 })
coalescelist([], [1])
coalescelist([], [])
coalescelist(null, [1])
coalescelist(["a"], [1])
coalescelist([], null, ["a", 1])
compact(["a", "", null, "b"])
compact([])
compact([1, ""])
compact(["a", true])
concat(["a"], [1])
concat([], [])
concat(["a"], "b")
concat(["a"], null)
concat(tolist(["a"]), tolist([1]))
concat(toset(["a"]), ["b"])
concat(["a"])
concat([["a"]], [1, null])
contains(["a", "b"], "a")
contains(["a"], "b")
contains([1], "1")
contains([], "a")
contains(toset(["a"]), "a")
contains(["a", 1], 1)
contains([null], null)
contains(["a"], null)
contains("abc", "a")
contains({ a = 1 }, 1)
contains([[1]], [1])
csvdecode("a,b\\n1,2\\n")
dirname("a/b/c.txt")
dirname("a")
dirname("")
dirname("/a")
dirname("/")
dirname("a/../b/c")
dirname("a//b")
dirname("./a")
distinct(["b", "a", "b"])
distinct([1, "1"])
distinct([])
distinct([{ a = 1 }, { a = 1 }])
distinct([[1], [1], [2]])
distinct(toset(["b", "a"]))
distinct([null, null])
distinct([1, true])
element(["a", "b"], 1)
element(["a", "b"], 3)
element(["a", "b"], -1)
element(["a", "b"], 0.5)
element([], 0)
element(["a", 1], 1)
element(toset(["a"]), 0)
element({ a = 1 }, 0)
endswith("abc", "bc")
endswith("abc", "")
endswith("é", "\\u0301")
ephemeralasnull("a")
ephemeralasnull(null)
file("a.txt")
file("none.txt")
file("\${path.module}/a.txt")
filebase64("a.txt")
filebase64sha256("a.txt")
filebase64sha512("a.txt")
fileexists("a.txt")
filemd5("a.txt")
fileset(".", "*.txt")
filesha1("a.txt")
filesha256("a.txt")
filesha512("a.txt")
flatten([["a"], [["b"]]])
flatten([])
flatten(["a", ["b", null]])
flatten([toset(["b", "a"]), [1]])
flatten("a")
flatten([{ a = [1] }])
flatten(toset([]))
flatten([null])
floor(1.8)
floor(-1.2)
floor(0.5)
format("%s-%03d", "orders", 7)
format("%s", 5)
format("%s", true)
format("%s", [1])
format("%s", null)
format("%v", null)
format("%v", [1, "a"])
format("%v", { a = 1 })
format("%v", 1.5)
format("%#v", "a<b")
format("%#v", [1])
format("%d", 42)
format("%d", "42")
format("%d", 1.5)
format("%d", "a")
format("%5d|%-5d|%05d|%+d", 42, 42, 42, 42)
format("%5d|%05d", -42, -42)
format("%5s|%-5s|", "ab", "ab")
format("%05s", "ab")
format("%.2f", 1.5)
format("%.1f", 2.25)
format("%f", 1)
format("%8.3f|%-8.1f|%08.2f", 1.5, 1.5, 1.5)
format("%.2f", 1.005)
format("%q", "a\\"b")
format("%q", "é\\n<")
format("%t", true)
format("%t", "true")
format("%t", 1)
format("%x", 255)
format("%o", 8)
format("%b", 5)
format("%e", 1.5)
format("%g", 1.5)
format("%%")
format("%5%")
format("%")
format("%z", 1)
format("%s")
format("a", 1)
format("")
format("%[2]s %[1]s", "a", "b")
format("%*d", 5, 1)
format("%s %s", "a", "b")
format("%10s|", "é")
format("%.2s", "abc")
format("%s", "%d")
format(null)
format("é %s", "ü")
formatdate("YYYY", "2020-01-01T00:00:00Z")
formatlist("%s-%s", ["a", "b"], "c")
formatlist("%s", [])
formatlist("%s", "a")
formatlist("%s%s", ["a"], ["b", "c"])
formatlist("%s", [1, 2])
formatlist("%s", toset(["b", "a"]))
formatlist("a")
formatlist("%s", null)
formatlist("%s-%d", ["a", "b"], [1, 2])
formatlist("%s", [["a"]])
indent(2, "a\\nb")
indent(0, "a\\nb")
indent(-1, "a\\nb")
indent(1.5, "a\\nb")
index(["a", "b"], "b")
index(["a"], "b")
index([1], "1")
index([], "a")
index(toset(["a"]), "a")
index([[1]], [1])
issensitive("a")
issensitive(sensitive("a"))
join(",", ["a", "b"])
join(",", ["a"], ["b"])
join(",", [])
join(",", [1, true])
join(",", ["a", null])
join(",", null)
join(",", "a")
join(",", toset(["b", "a"]))
join(",")
join(1, ["a", "b"])
join(",", [["a"]])
join("", ["a", ""])
jsondecode("{\\"b\\":[1,1.5,true,null,\\"x\\"],\\"a\\":{}}")
jsondecode("1")
jsondecode("\\"é\\"")
jsondecode("")
jsondecode("{")
jsondecode("1 2")
jsondecode("12345678901234567890")
jsondecode("1e3")
jsondecode("-0")
jsondecode("{\\"a\\":1,\\"a\\":2}")
jsondecode("\\"\\\\ud800\\"")
jsondecode(" [1] ")
jsondecode("null")
jsondecode("NaN")
jsondecode("[1,]")
jsonencode({ b = 1, a = [true, null, 1.5, "x"] })
jsonencode("<>&'\\"/\\\\")
jsonencode("é\\u2028\\u0007\\n\\t")
jsonencode(null)
jsonencode(toset(["b", "a"]))
jsonencode({ "10" = 1, "9" = 2, "a" = 3, "é" = 4, "Z" = 5 })
jsonencode(1.0)
jsonencode(0.1)
keys({ b = 1, a = 2, "10" = 3, "9" = 4 })
keys({})
keys(tomap({ b = 1, a = 2 }))
keys([])
keys(null)
length("abc")
length("é")
length("e\\u0301")
length("👨‍👩‍👧")
length("🇩🇪")
length("日本語")
length("a\\r\\nb")
length("नमस्ते")
length([1, 2])
length({ a = 1 })
length(toset(["a", "a"]))
length(1)
length(true)
log(16, 2)
lookup({ a = 1 }, "a", 2)
lookup({ a = 1 }, "b", 2)
lookup({ a = 1 }, "b", "x")
lookup({ a = 1 }, "a")
lookup({ a = 1 }, "b")
lookup({ a = 1 }, "b", null)
lookup(tomap({ a = 1 }), "b", "x")
lookup(tomap({ a = "1" }), "b", 2)
lookup(tomap({ a = 1 }), "b", "2")
lookup(tomap({ a = "x" }), "a", 2)
lookup({ a = [1] }, "a", [])
lookup(tomap({}), "a", 1)
lookup([], "a", 1)
lookup({ a = 1, b = "x" }, "b", null)
lookup({ a = null }, "a", 1)
lookup({ "1" = 2 }, 1, 3)
lookup(null, "a", 1)
lookup({}, null, 1)
lower("ABC É")
lower("İ")
lower("Σ")
matchkeys(["a", "b"], ["x", "y"], ["y"])
matchkeys(["a"], ["x", "y"], ["y"])
matchkeys([1, 2], ["x", "y"], [])
max(1, 2.5)
max()
max("1", "2")
md5("é")
merge({ a = 1 }, { b = "x" }, null)
merge({ a = 1 }, { a = 2 })
merge()
merge({}, {})
merge(null)
merge(tomap({ a = 1 }), tomap({ b = 2 }))
merge(tomap({ a = 1 }), tomap({ b = "x" }))
merge({ a = { x = 1 } }, { a = { y = 2 } })
merge([{ a = 1 }]...)
merge([{ a = 1 }, { b = 2 }]...)
merge({ a = 1 }, [])
merge({ a = 1 }, "b")
merge(tomap({ a = 1 }), { b = "x" })
min(3, 1, 2)
nonsensitive("a")
nonsensitive(sensitive("a"))
one([])
one([1])
one([1, 2])
one(toset(["a"]))
one(null)
one("a")
one([null])
parseint("100", 10)
parseint("ff", 16)
parseint("FF", 16)
parseint("zz", 36)
parseint("aA", 62)
parseint("-10", 2)
parseint("12", 2)
parseint("", 10)
parseint("1.5", 10)
parseint(10, 10)
parseint("10", 1)
parseint("10", 63)
parseint("99999999999999999999", 10)
parseint("1_0", 10)
parseint("+1", 10)
parseint("-0", 10)
pathexpand("a")
pathexpand("~/a")
pow(2, 10)
pow(2, -1)
pow(4, 0.5)
pow(0, 0)
pow(10, 400)
pow(3, 40)
range(3)
range(0)
range(-3)
range(1, 4)
range(4, 1)
range(1, 10, 3)
range(10, 1, -3)
range(1, 10, -1)
range(10, 1, 1)
range(1, 1)
range(1, 1, 1)
range(0, 1, 0.25)
range(0, 1, 0.1)
range(1, 2, 0)
range(2000)
range()
range(1, 2, 3, 4)
range("3")
regex("[a-z]+", "123abc456")
regex("([a-z]+)([0-9]+)", "abc123")
regex("(?P<name>[a-z]+)", "abc")
regex("(?P<a>[a-z])([0-9])", "a1")
regex("x", "abc")
regex("(a)|(b)", "b")
regex("^\\\\w+$", "abc_1")
regex("\\\\d+", "a12")
regex(".", "日")
regex("[", "a")
regex("a*", "baac")
regex("(?i)ABC", "xabc")
regex("a{2,3}", "aaaa")
regex("a+?", "aaa")
regex("[^/]+$", "a/b/c")
regex("[\\\\w.-]+@[\\\\w.-]+", "me@example.com")
regex("(?:a|ab)(?:c|bcd)", "abcd")
regex("\\\\bfoo\\\\b", "a foo b")
regex("[[:alpha:]]+", "12ab")
regex("\\\\pL", "é")
regex("(a(b)?)+", "aba")
regex("\\\\.", "a.b")
regex("a|", "b")
regexall("[a-z]", "a1b2")
regexall("([a-z])([0-9])", "a1b2")
regexall("x", "abc")
regexall("(?P<l>[a-z])", "ab")
regexall("a*", "baac")
replace("a.b.c", ".", "-")
replace("abc", "", "-")
replace("abc", "b", "$1")
replace("abc", "b", "$&")
replace("abc", "/b/", "[$0]")
replace("abc", "/(b)(c)/", "$2$1")
replace("abc", "/(?P<x>b)/", "<$\${x}>")
replace("abc", "/(b)/", "$1x")
replace("abc", "/(b)/", "\${1}x")
replace("abc", "/x/", "y")
replace("baac", "/a*/", "x")
replace("abc", "/", "x")
replace("a/b/c", "/", "-")
replace("a//c", "//", "-")
replace("a1b22", "/[0-9]+/", "#")
replace("abc", "/(/", "x")
replace("a-b_c", "/[^a-z]/", "")
replace("abc", "/b/", "$$")
replace("abc", "/b/", "$2")
replace("a\\nb", "/a.b/", "x")
replace("line\\n", "/\\\\n$/", "")
replace("日本", "/./", "x")
reverse([1, "a"])
reverse([])
reverse(tolist(["a", "b"]))
reverse(toset(["a", "b"]))
reverse("abc")
rsadecrypt("a", "b")
sensitive("a")
setintersection(["a", "b"], ["b", "c"])
setintersection(["a"])
setintersection([1], ["1"])
setintersection([], ["a"])
setproduct(["a"], ["x", "y"])
setproduct(["a"])
setproduct([], ["a"])
setproduct(toset(["a"]), toset(["x"]))
setproduct(toset(["b", "a"]), toset([1, 2]))
setproduct(["a", 1], [true])
setproduct(["a"], ["b"], ["c", "d"])
setsubtract(["a", "b"], ["b"])
setsubtract([1, 2], ["1"])
setsubtract([null], [["a", "b"]])
setunion([["a"]], [null])
setsubtract([], [])
setunion(["a"], ["b", "a"])
setunion([1], ["a"])
setunion([3, 1], [2])
setunion(["10", "9"], ["a"])
setunion([[1]], [[2]])
sha1("a")
sha256("")
sha512("a")
signum(-5)
signum(0)
signum(1.5)
slice(["a", "b", "c"], 1, 2)
slice(["a"], 0, 0)
slice(["a"], 0, 2)
slice(["a"], -1, 1)
slice(["a", 1], 0, 2)
slice(tolist(["a", "b"]), 1, 2)
slice(toset(["a"]), 0, 1)
slice("abc", 0, 1)
slice(["a", "b"], 1, 0)
sort(["b", "a", "Z", "é", "10", "9"])
sort([3, 20, 1])
sort([])
sort(["a", null])
sort(toset(["b", "a"]))
sort([true, "a"])
sort(["\\uffff", "\\U0001F600"])
split(",", "a,b")
split(",", "")
split("", "abc")
split(",", ",")
split(", ", "a, b")
split("", "")
startswith("abc", "ab")
startswith("abc", "")
strcontains("abc", "b")
strcontains("abc", "")
strrev("abc")
strrev("e\\u0301a")
strrev("🇩🇪a")
substr("hello", 1, 3)
substr("hello", -2, 2)
substr("hello", -2, -1)
substr("hello", 0, 0)
substr("hello", 10, 1)
substr("hello", 1, -1)
substr("hello", 1, -2)
substr("hello", -10, 2)
substr("hello", 3, 10)
substr("héllo", 1, 1)
substr("🇩🇪a", 0, 1)
substr("", 0, 1)
sum([1, 2, 3])
sum([1.5, "2"])
sum([])
sum([0.1, 0.2])
sum(["a"])
sum([null])
sum(toset([1, 2]))
sum([1, true])
sum(1)
templatefile("names.tpl", { names = ["a", "b"] })
templatefile("trim.tpl", {})
templatefile("trim2.tpl", { v = "V" })
templatefile("single.tpl", { v = [1] })
templatefile("single.tpl", { v = null })
templatefile("single.tpl", {})
templatefile("typed.tpl", { v = true })
templatefile("missing.tpl", { v = 1 })
templatefile("escaped.tpl", { v = 1 })
templatefile("none.tpl", {})
templatefile("single.tpl", "a")
templatefile("a.txt", {})
templatestring("a", {})
textdecodebase64("YQA=", "UTF-16LE")
textencodebase64("a", "UTF-16LE")
timeadd("2020-01-01T00:00:00Z", "1h")
timecmp("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z")
timestamp()
title("hello wörld-foo bar_baz it's")
title("élan ñandú")
title("1a a1")
title("a.b/c")
tobool("true")
tobool("1")
tobool("yes")
tobool("True")
tobool(1)
tobool(0)
tobool(null)
tobool([])
tolist(["a", 1])
tolist([1, true])
tolist([])
tolist(toset(["b", "a"]))
tolist({ a = 1 })
tolist("a")
tolist(null)
tolist([[1], ["a"]])
tolist([{ a = 1 }, { b = "x" }])
tolist([null, 1])
tolist([1, "a", true])
tomap({ a = 1, b = "x" })
tomap({})
tomap([])
tomap({ a = 1, b = [] })
tomap({ a = { x = 1 }, b = { y = "z" } })
tomap(null)
tonumber("1.5")
tonumber("a")
tonumber(true)
tonumber(null)
tonumber("1e3")
tonumber("0x10")
tonumber(" 1")
tonumber("")
tonumber("+1")
tonumber(".5")
tonumber("1.")
tonumber("010")
tonumber("-0")
tonumber("1_000")
tonumber("Inf")
toset(["b", "a", "b"])
toset([3, 20, 1])
toset(["b", 3, true])
toset([])
toset([{ a = 1 }])
toset([true, false])
toset([1, true])
toset("a")
toset({ a = 1 })
toset([null])
toset([null, "a"])
toset(["é", "z", "Z"])
tostring(1.50)
tostring(1000000)
tostring(1e21)
tostring(0.000001)
tostring(0.0000001)
tostring(true)
tostring(null)
tostring([])
tostring(1 / 3)
tostring(-5)
transpose({ a = ["x", "y"], b = ["y"] })
transpose({})
transpose({ a = [] })
transpose({ b = ["x"], a = ["x"] })
trim("xxaxx", "x")
trim(" a ", " ")
trim("abc", "")
trim("äaä", "ä")
trim("xyxaxyx", "xy")
trimprefix("aab", "a")
trimprefix("b", "a")
trimprefix("a", "")
trimspace(" \\t\\n a \\u00a0")
trimspace("\\ufeffa")
trimspace("")
trimsuffix("abb", "b")
trimsuffix("a", "")
try(1)
try([][0], "x")
try(1 + "a", null)
try([][0], {}.a)
try({ a = 1 }.b, { a = 2 }.a)
try(null, 1)
try([1, [][0]], "x")
try({ a = [][0] }, "x")
try("a\${[]}", "x")
try(tonumber("a"), -1)
try(jsondecode("{"), "x")
try(nofunction(), "x")
try()
upper("abc é ß")
upper("ﬁ")
upper("ı")
urlencode("a b/é~*!'()")
urlencode("")
urlencode("a=b&c")
uuid()
uuidv5("dns", "a")
values({ b = 1, a = "x" })
values({})
values(tomap({ b = 1, a = 2 }))
values([])
yamldecode("a: yes\\nb: 1")
yamldecode("a: 0x10")
yamldecode("a: 010")
yamldecode("a: 2001-01-01")
yamldecode("a: [1, two, \\"three\\", null, ~, true]")
yamldecode("a:\\n  - b: 1\\n    c: x\\n  - |\\n    text\\n    more\\n")
yamldecode("a: >\\n  folded\\n  text\\n")
yamldecode("x: &a { b: 1 }\\ny: { <<: *a, c: 2 }")
yamldecode("")
yamldecode("1: a")
yamldecode("a: 1\\na: 2")
yamldecode("- a\\n- b")
yamldecode("a: b: c")
yamldecode("---\\na: 1\\n---\\nb: 2\\n")
yamldecode("a: 1h")
yamldecode("a: 10.0.0.1")
yamldecode("a: foo bar # comment")
yamldecode("a: 'it''s'")
yamldecode("host: db.example.com\\nport: 5432\\ntls: false")
yamldecode("a: 1.50")
yamldecode("a: off\\nb: No")
yamldecode("a: \\"x\\\\ty\\"")
yamldecode("a: .5")
yamldecode("a: !!str 1")
yamldecode("true")
yamldecode("a: ''")
yamldecode("a:")
yamlencode({ a = [1, "x", { b = null, c = [] }], c = {} })
yamlencode([])
yamlencode({})
yamlencode("a")
yamlencode(null)
yamlencode([["a"], [["b"]]])
yamlencode({ a = { b = { c = 1 } } })
yamlencode({ a = [[1, 2], { x = 1, y = [3] }] })
yamlencode("a\\nb")
yamlencode("a\\"b\\\\c")
yamlencode({ "a b" = true, "1" = 1.5 })
yamlencode("this is a rather long text that goes over the width of a line of YAML and more and more and more")
zipmap(["a", "b"], [1, 2])
zipmap(["a", "b"], [1, "x"])
zipmap(["a"], [1, 2])
zipmap([], [])
zipmap(["a", "a"], [1, 2])
zipmap([1], ["x"])
zipmap([null], ["x"])
zipmap(["b", "a"], tolist([1, 2]))
`;

/** What Terraform does not even parse, or refuses before it computes anything. */
export const INVALID: readonly string[] = [
  '"\\x"',
  "{ a.b = 1 }",
  "[{ a = [{ b = 1 }] }].*.a.*.b",
  'jsonencode("\\b\\f")',
  'replace("abc", "/(?P<x>b)/", "<${x}>")',
  "/* c */ 1 /* d",
  "plantimestamp()",
];

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

export const TABLE: readonly string[] = [...lines(LANGUAGE), ...lines(FUNCTIONS), ...HEREDOCS, ...INVALID];
