import type { Value } from "../value";
import { jsonOf } from "./json";
import { Refusal, Unsure } from "./refusal";
import { isSequence, toBoolean, toNumber, toText } from "./types";

const VERB = /%([-+ 0#]*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g;

/** What Terraform's `format` gives, for the verbs that people use. */
export function formatted(format: string, args: readonly Value[]): string {
  if (/%[-+ 0#]*(\[|\d*\*|\d*\.\*|$)|[^\x20-\x7e\s]*%[^\x20-\x7e]/.test(format)) throw new Unsure();
  let next = 0;
  const written = format.replace(
    VERB,
    (_found, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === "%") {
        if (flags + width !== "" || precision !== undefined) throw new Unsure();
        return "%";
      }
      const value = args[next++];
      if (value === undefined) throw new Refusal();
      return padded(verbText(verb, value, flags, precision), flags, width, verb);
    },
  );
  if (next < args.length) throw new Refusal();
  return written;
}

function verbText(verb: string, value: Value, flags: string, precision: string | undefined): string {
  if (precision !== undefined && verb !== "f") throw new Unsure();
  if (value === null) throw new Refusal();
  if (verb === "v") return flags.includes("#") ? jsonOf(value) : anyText(value);
  if (verb === "s") return toText(value);
  if (verb === "t") return String(toBoolean(value));
  if (verb === "q") return quoted(toText(value));
  if (verb === "d") return signed(integer(toNumber(value)), flags);
  if (verb === "f") return signed(fixed(toNumber(value), precision), flags);
  throw new Unsure();
}

function anyText(value: Value): string {
  return typeof value === "object" ? jsonOf(value) : toText(value);
}

function integer(value: number): string {
  if (!Number.isInteger(value)) throw new Unsure();
  return toText(value);
}

/** Where nothing has to be rounded, both round alike. */
function fixed(value: number, precision: string | undefined): string {
  const digits = precision === undefined ? 6 : Number(precision);
  if (digits > 6 || !Number.isSafeInteger(value * 1024) || !Number.isSafeInteger(value * 10 ** digits)) {
    throw new Unsure();
  }
  return value.toFixed(digits);
}

function signed(text: string, flags: string): string {
  if (flags.includes(" ") || flags.includes("#")) throw new Unsure();
  return flags.includes("+") && !text.startsWith("-") ? `+${text}` : text;
}

function quoted(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text) || /[<>&]/.test(text)) throw new Unsure();
  return JSON.stringify(text);
}

function padded(text: string, flags: string, width: string, verb: string): string {
  if (width === "") {
    if (flags.includes("0") || (flags.includes("-") && flags !== "-")) throw new Unsure();
    return text;
  }
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Unsure();
  const length = Number(width);
  if (flags.includes("-")) {
    if (flags.includes("0")) throw new Unsure();
    return text.padEnd(length);
  }
  if (!flags.includes("0")) return text.padStart(length);
  if (verb !== "d" && verb !== "f") throw new Unsure();
  const [, sign = "", digits = ""] = /^([+-]?)(.*)$/.exec(text) ?? [];
  return sign + digits.padStart(length - sign.length, "0");
}

/** `formatlist`: lists of one length, and single values that are taken for each. */
export function formattedList(format: string, args: readonly Value[]): readonly string[] {
  const lists = args.filter(isSequence);
  const lengths = new Set(lists.map(({ length }) => length));
  if (lengths.size > 1) throw new Refusal();
  const [length = 1] = lengths;
  return Array.from({ length }, (_, index) =>
    formatted(
      format,
      args.map((arg) => (isSequence(arg) ? (arg[index] as Value) : arg)),
    ),
  );
}
