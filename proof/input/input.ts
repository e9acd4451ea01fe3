import fs from "node:fs";
import { ExpectedError } from "../core";

/** A file or folder cannot be read, or is not what it should be: the user's to mend, and told without a stack trace. */
export class UnreadableError extends ExpectedError {
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${shown(file)}: ${reason}`);
  }
}

/**
 * Bytes of a text that is parsed: the parsers of YAML, HCL and SQL take seconds for each megabyte, and people write
 * kilobytes.
 */
export const TEXT_LIMIT = 8 * 1024 * 1024;

/** Bytes of JSON, which machines write and which is read fast: plans and reports of large landscapes. */
export const JSON_LIMIT = 256 * 1024 * 1024;

/**
 * The text of a file in UTF-8.
 *
 * @throws UnreadableError where it is not there, no file, not to be read, too large, or no such text
 */
export function readText(file: string, limit = file.endsWith(".json") ? JSON_LIMIT : TEXT_LIMIT): string {
  const stat = statOf(file);
  if (!stat.isFile()) throw new UnreadableError(file, `is ${kindOf(stat)}, and must be a file`);
  if (stat.size > limit)
    throw new UnreadableError(
      file,
      `is too large: ${megabytes(stat.size)}, and at most ${megabytes(limit)} are read; split it, or leave it out`,
    );
  return decoded(
    file,
    attempt(file, () => fs.readFileSync(file)),
  );
}

/**
 * Whether a file of any length begins as text in UTF-8, for those that read it as a stream.
 *
 * @throws UnreadableError
 */
export function checkText(file: string): void {
  const stat = statOf(file);
  if (!stat.isFile()) throw new UnreadableError(file, `is ${kindOf(stat)}, and must be a file`);
  const start = Buffer.alloc(64);
  const descriptor = attempt(file, () => fs.openSync(file, "r"));
  try {
    const length = fs.readSync(descriptor, start);
    // A letter of several bytes may be cut.
    decoded(file, start.subarray(0, length), { stream: true });
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * The value in a file of JSON. What stands there is not repeated, for it may be a secret.
 *
 * @param must what it must be, to be read after the file's name
 * @throws UnreadableError
 */
export function readJson<T>(file: string, must: string, isRight: (value: unknown) => value is T): T {
  const text = readText(file, JSON_LIMIT);
  if (text.trim() === "") throw new UnreadableError(file, `is empty, and ${must}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const line = text.slice(0, position === undefined ? text.length : Number(position)).split("\n").length;
    throw new UnreadableError(file, `is no JSON (line ${line}), and ${must}`);
  }
  if (!isRight(value)) throw new UnreadableError(file, `${must}, and is ${describeJson(value)}`);
  return value;
}

/** What is at a path, links followed. */
export function statOf(file: string): fs.Stats {
  return attempt(file, () => fs.statSync(file));
}

/** The names in a folder, sorted. */
export function namesIn(directory: string): string[] {
  return attempt(directory, () => fs.readdirSync(directory)).sort();
}

/** An object of JSON, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A path as messages show it: one that would break a line or move a cursor in quotes. */
export function shown(file: string): string {
  return file === "" || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(file) ? JSON.stringify(file) : file;
}

/** What the system's error codes mean for whoever called us. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  ENOENT: "is not there",
  ENOTDIR: "is not there: a part of the path is a file, and no folder",
  EISDIR: "is a folder, and must be a file",
  EEXIST: "is there already",
  ELOOP: "is a link that leads back to itself",
  ENAMETOOLONG: "has too long a name",
  ENOTEMPTY: "is not empty",
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
  EROFS: "is on a file system that is read only",
  EXDEV: "is on another file system than the folder beside the output",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EBUSY: "is in use",
  EIO: "the device has failed",
  ENXIO: "is no device that answers",
};

/** What the system said to a call, with its path, in words; nothing where an error is another one. */
export function systemProblem(error: unknown): string | undefined {
  const { code, path: file, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const reason = code !== undefined && Object.hasOwn(SYSTEM_ERRORS, code) ? SYSTEM_ERRORS[code] : undefined;
  if (reason === undefined || syscall === undefined) return undefined;
  return [file && `${shown(file)}: `, reason, dest && ` (for ${shown(dest)})`].filter(Boolean).join("");
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new UnreadableError(file, "is a link that leads nowhere");
    if (code !== undefined && Object.hasOwn(SYSTEM_ERRORS, code))
      throw new UnreadableError(file, SYSTEM_ERRORS[code] ?? code);
    throw error;
  }
}

function kindOf(stat: fs.Stats): string {
  if (stat.isDirectory()) return "a folder";
  if (stat.isFIFO()) return "a pipe (FIFO), on which nobody may ever write";
  return stat.isSocket() ? "a socket" : "a device";
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`;
}

/** Windows' editors and shells write UTF-16, which every parser calls something else. */
function decoded(file: string, bytes: Buffer, options: { stream?: boolean } = {}): string {
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || isUnmarkedUtf16(bytes))
    throw new UnreadableError(file, "is UTF-16; save it as UTF-8");
  if (bytes.includes(0)) throw new UnreadableError(file, "is binary, and must be text in UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, options);
  } catch {
    throw new UnreadableError(file, "is not UTF-8; save it as UTF-8");
  }
}

/** Every other byte of ASCII in UTF-16 is zero. */
function isUnmarkedUtf16(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 64);
  if (start.length < 4 || start.length % 2 === 1) return false;
  const zeros = (odd: number) => start.every((byte, index) => index % 2 !== odd || byte === 0);
  const texts = (odd: number) => start.every((byte, index) => index % 2 !== odd || byte !== 0);
  return (zeros(1) && texts(0)) || (zeros(0) && texts(1));
}

function describeJson(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object of other keys" : `a ${typeof value}`;
}
