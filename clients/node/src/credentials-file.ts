import type { CredentialsFormat } from "./contract";
import { FileError, readSmallFile, type FileReason } from "./small-file";

/** User and password of one read of the file. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Takes user and password out of a file of the format `custom`. */
export type CredentialsParser = (text: string) => Credentials | Promise<Credentials>;

/** The file cannot be used as it is; its content is never part of the message. */
export class CredentialsError extends Error {
  constructor(
    /** Path of the file. */
    readonly file: string,
    /** `missing`: not there; `unreadable`: not for this user; `malformed`: not of the format, or cut short. */
    readonly reason: FileReason,
    private readonly detail: string,
    private readonly what = "credentials file",
  ) {
    super(`the ${what} ${file} is ${reason}: ${detail}`);
    this.name = "CredentialsError";
    // The message says them.
    for (const key of ["detail", "what"]) Object.defineProperty(this, key, { enumerable: false });
  }

  /** What is wrong with several files; {@link file} and {@link reason} are those of the first. */
  static all([first, ...more]: readonly CredentialsError[]): CredentialsError | undefined {
    if (first === undefined || more.length === 0) return first;
    const detail = [first.detail, ...more.map(({ message }) => message)].join("; ");
    return new CredentialsError(first.file, first.reason, detail, first.what);
  }
}

/**
 * Reads the file once.
 *
 * @throws CredentialsError
 */
export async function readCredentials(
  file: string,
  format: CredentialsFormat,
  parse: CredentialsParser | undefined,
): Promise<Credentials> {
  const { user, password } = await parsed(file, await readText(file), format, parse);
  if (typeof user !== "string" || user === "" || typeof password !== "string" || password === "") {
    throw new CredentialsError(file, "malformed", `it has no user or no password in the format ${format}`);
  }
  return { user, password };
}

const ADVICE: Readonly<Record<FileReason, string>> = {
  missing: "the Vault agent writes it before the application starts",
  unreadable: "it belongs to the user that the agent runs as, and the application has to run as the same",
  malformed: "it is no file of credentials",
};

async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CredentialsError(file, "malformed", "it is no UTF-8");
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readSmallFile(file);
  } catch (error) {
    const { reason, message } = error as FileError;
    const detail = reason === "missing" ? ADVICE.missing : `${message}; ${ADVICE[reason]}`;
    throw new CredentialsError(file, reason, detail);
  }
}

async function parsed(
  file: string,
  text: string,
  format: CredentialsFormat,
  parse: CredentialsParser | undefined,
): Promise<Partial<Credentials>> {
  try {
    // What a parser of the application gives may be anything.
    return (await parserOf(format, parse)(text)) ?? {};
  } catch {
    // Whatever the parser says may quote the content.
    throw new CredentialsError(file, "malformed", `it is not of the format ${format}`);
  }
}

function parserOf(
  format: CredentialsFormat,
  custom: CredentialsParser | undefined,
): (text: string) => Partial<Credentials> | Promise<Partial<Credentials>> {
  switch (format) {
    case "json":
      return (text) => {
        const { username, password } = JSON.parse(text) as { username: string; password: string };
        return { user: username, password };
      };
    case "env":
      return (text) => ({
        user: line(text, /^PGUSER='(.*)'$/m),
        password: line(text, /^PGPASSWORD='(.*)'$/m),
      });
    case "properties":
      return (text) => ({ user: line(text, /^username=(.*)$/m), password: line(text, /^password=(.*)$/m) });
    case "url":
      return (text) => {
        const { username, password } = new URL(text.trim());
        return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
      };
    case "custom":
      return (text) => custom?.(text) ?? {};
  }
}

function line(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1];
}
