import path from "node:path";
import { parse, stringify } from "yaml";
import { isObject, type ValueObject } from "../read";
import { isUnknown, Unknown, type Value } from "../value";

/** Files that expressions may read. */
export interface Files {
  /** Text of a file; nothing where it is not there. */
  read(file: string): string | undefined;
  /** Text of a template with these variables. */
  render(template: string, variables: ValueObject): Value;
}

/** Functions of which a refused argument is no error: the next one counts. */
export function isLazy(name: string): boolean {
  return name === "try";
}

/** The value of a function of Terraform's; unknown where an argument is, or where we do not have it. */
export function callFunction(name: string, args: readonly Value[], files: Files): Value {
  const call = FUNCTIONS[name];
  if (call === undefined) return new Unknown(`\${${name}(…)}`);
  if (name === "can") return args.some(isUnknown) ? (args.find(isUnknown) as Value) : true;
  if (!KEEPS_UNKNOWN.has(name)) {
    const unknown = args.map(unknownIn).find((each) => each !== undefined);
    if (unknown) return unknown;
  } else {
    const unknown = args.find(isUnknown);
    if (unknown) return unknown;
  }
  try {
    return call(args, files);
  } catch {
    return new Unknown(`\${${name}(…)}`);
  }
}

/** Functions whose result may hold what is not known, as the arguments did. */
const KEEPS_UNKNOWN = new Set([
  "coalescelist",
  "concat",
  "contains",
  "element",
  "flatten",
  "keys",
  "length",
  "lookup",
  "merge",
  "one",
  "reverse",
  "slice",
  "tolist",
  "tomap",
  "toset",
  "values",
  "zipmap",
]);

function unknownIn(value: Value): Unknown | undefined {
  if (isUnknown(value)) return value;
  if (typeof value !== "object" || value === null) return undefined;
  for (const each of Object.values(value)) {
    const unknown = unknownIn(each as Value);
    if (unknown) return unknown;
  }
  return undefined;
}

type Call = (args: readonly Value[], files: Files) => Value;

const text = (value: Value | undefined): string =>
  value === undefined || value === null ? "" : String(value as string);
const list = (value: Value | undefined): readonly Value[] => {
  if (Array.isArray(value)) return value as readonly Value[];
  return isObject(value) ? Object.values(value) : [];
};
const object = (value: Value | undefined): ValueObject => (isObject(value) ? value : {});
const distinct = (values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [isUnknown(value) ? value : JSON.stringify(value), value])).values(),
];
const flat = (values: readonly Value[]): Value[] =>
  values.flatMap((value) => (Array.isArray(value) ? flat(value as readonly Value[]) : [value]));
const onTexts =
  (call: (...texts: string[]) => Value): Call =>
  (args) =>
    call(...args.map(text));
const onNumbers =
  (call: (...numbers: number[]) => Value): Call =>
  (args) =>
    call(...args.map(Number));

const FUNCTIONS: Readonly<Record<string, Call>> = {
  abs: onNumbers(Math.abs),
  abspath: onTexts((file) => file),
  alltrue: ([values]) => list(values).every((value) => String(value) === "true"),
  anytrue: ([values]) => list(values).some((value) => String(value) === "true"),
  base64decode: onTexts((encoded) => Buffer.from(encoded ?? "", "base64").toString("utf8")),
  base64encode: onTexts((decoded) => Buffer.from(decoded ?? "").toString("base64")),
  basename: onTexts((file) => path.posix.basename(file ?? "")),
  can: () => true,
  ceil: onNumbers(Math.ceil),
  chomp: onTexts((value = "") => value.replace(/[\r\n]+$/, "")),
  coalesce: (args) => args.find((value) => value !== null && value !== "") ?? null,
  coalescelist: (args) => args.find((value) => list(value).length > 0) ?? [],
  compact: ([values]) => list(values).filter((value) => value !== "" && value !== null),
  concat: (args) => args.flatMap(list),
  contains: ([values, value]) => {
    const all = list(values);
    return all.includes(value ?? null) || (all.find(isUnknown) ?? false);
  },
  dirname: onTexts((file) => path.posix.dirname(file ?? "")),
  distinct: ([values]) => distinct(list(values)),
  element: ([values, index]) => list(values)[Number(index) % list(values).length] ?? null,
  endswith: onTexts((value = "", suffix = "") => value.endsWith(suffix)),
  file: ([file], files) => files.read(text(file)) ?? new Unknown(`\${file(${JSON.stringify(file)})}`),
  fileexists: ([file], files) => files.read(text(file)) !== undefined,
  flatten: ([values]) => flat(list(values)),
  floor: onNumbers(Math.floor),
  format: ([format, ...args]) => formatted(text(format), args),
  formatlist: ([format, ...args]) => {
    const length = Math.max(...args.map((arg) => (Array.isArray(arg) ? arg.length : 1)));
    return Array.from({ length }, (_, index) =>
      formatted(
        text(format),
        args.map((arg) => (Array.isArray(arg) ? ((arg as readonly Value[])[index] ?? null) : arg)),
      ),
    );
  },
  indent: ([spaces, value]) => text(value).replaceAll("\n", `\n${" ".repeat(Number(spaces))}`),
  join: ([separator, ...lists]) => lists.flatMap(list).map(text).join(text(separator)),
  jsondecode: onTexts((json) => JSON.parse(json ?? "") as Value),
  jsonencode: ([value]) => JSON.stringify(value),
  keys: ([value]) => Object.keys(object(value)).sort(),
  length: ([value]) => (typeof value === "string" ? [...value].length : list(value).length),
  lookup: ([map, key, otherwise]) => object(map)[text(key)] ?? otherwise ?? null,
  lower: onTexts((value = "") => value.toLowerCase()),
  max: onNumbers(Math.max),
  merge: (args) => Object.assign({}, ...args.map(object)) as Value,
  min: onNumbers(Math.min),
  nonsensitive: ([value]) => value ?? null,
  one: ([values]) => list(values)[0] ?? null,
  pathexpand: onTexts((file) => file ?? ""),
  pow: onNumbers(Math.pow),
  range: (args) => {
    const [start = 0, end = 0, stride = 1] = args.length === 1 ? [0, Number(args[0])] : args.map(Number);
    return Array.from(
      { length: Math.max(0, Math.ceil((end - start) / stride)) },
      (_, index) => start + index * stride,
    );
  },
  replace: onTexts((value = "", from = "", to = "") => {
    const pattern = /^\/(.*)\/$/s.exec(from)?.[1];
    return pattern === undefined ? value.replaceAll(from, to) : value.replace(new RegExp(pattern, "g"), to);
  }),
  reverse: ([values]) => [...list(values)].reverse(),
  setproduct: (args) =>
    args
      .map(list)
      .reduce<readonly Value[]>(
        (tuples, values) => tuples.flatMap((tuple) => values.map((value) => [...(tuple as Value[]), value])),
        [[]],
      ),
  setunion: (args) => distinct(args.flatMap(list)),
  slice: ([values, start, end]) => list(values).slice(Number(start), Number(end)),
  sort: ([values]) => list(values).map(text).sort(),
  split: onTexts((separator = "", value = "") => (value === "" ? [""] : value.split(separator))),
  startswith: onTexts((value = "", prefix = "") => value.startsWith(prefix)),
  strrev: onTexts((value = "") => [...value].reverse().join("")),
  substr: ([value, offset, length]) =>
    Number(length) < 0
      ? text(value).slice(Number(offset))
      : text(value).slice(Number(offset)).slice(0, Number(length)),
  sum: ([values]) => list(values).reduce<number>((total, value) => total + Number(value), 0),
  templatefile: ([file, variables], files) => {
    const template = files.read(text(file));
    if (template === undefined) return new Unknown(`\${templatefile(${JSON.stringify(file)})}`);
    return files.render(template, object(variables));
  },
  title: onTexts((value = "") => value.replace(/\b\w/g, (letter) => letter.toUpperCase())),
  tobool: ([value]) => (value === "true" ? true : value === "false" ? false : (value ?? null)),
  tolist: ([value]) => list(value),
  tomap: ([value]) => object(value),
  tonumber: ([value]) => (value === null ? null : Number(value)),
  toset: ([value]) => distinct(list(value)),
  tostring: ([value]) => (value === null || value === undefined ? null : text(value)),
  trim: onTexts((value = "", cutset = "") => {
    const letters = new Set(cutset);
    const all = [...value];
    const start = all.findIndex((letter) => !letters.has(letter));
    const end = [...all].reverse().findIndex((letter) => !letters.has(letter));
    return start < 0 ? "" : all.slice(start, all.length - end).join("");
  }),
  trimprefix: onTexts((value = "", prefix = "") =>
    value.startsWith(prefix) ? value.slice(prefix.length) : value,
  ),
  trimspace: onTexts((value = "") => value.trim()),
  trimsuffix: onTexts((value = "", suffix = "") =>
    suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  ),
  try: ([value]) => value ?? null,
  upper: onTexts((value = "") => value.toUpperCase()),
  values: ([value]) => {
    const map = object(value);
    return Object.keys(map)
      .sort()
      .map((key) => map[key] ?? null);
  },
  yamldecode: onTexts((yaml) => parse(yaml ?? "") as Value),
  yamlencode: ([value]) => stringify(value),
  zipmap: ([keys, values]) =>
    Object.fromEntries(list(keys).map((key, index) => [text(key), list(values)[index] ?? null])),
};

/** The verbs that configurations use; an unknown one is not guessed. */
function formatted(format: string, args: readonly Value[]): string {
  let next = 0;
  return format.replace(
    /%(?:%|0?(\d*)(?:\.\d+)?([svdqtf]))/g,
    (found: string, width: string, verb: string) => {
      if (found === "%%") return "%";
      const value = text(args[next++]);
      const written = verb === "q" ? JSON.stringify(value) : value;
      return found.startsWith("%0") ? written.padStart(Number(width), "0") : written.padStart(Number(width));
    },
  );
}
