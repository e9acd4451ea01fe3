import fs from "node:fs";
import type { CredentialsFormat } from "./contract";

/** User and password of one read of the file. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Takes user and password out of a file of the format `custom`. */
export type CredentialsParser = (text: string) => Credentials;

/** The file cannot be used as it is; its content is never part of the message. */
export class CredentialsError extends Error {
  constructor(
    /** Path of the file. */
    readonly file: string,
    /** `missing`: not there; `unreadable`: not for this user; `malformed`: not of the format, or cut short. */
    readonly reason: "missing" | "unreadable" | "malformed",
    detail: string,
  ) {
    super(`the credentials file ${file} is ${reason}: ${detail}`);
    this.name = "CredentialsError";
  }
}

/**
 * Reads the file once.
 *
 * @throws CredentialsError
 */
export function readCredentials(
  file: string,
  format: CredentialsFormat,
  parse: CredentialsParser | undefined,
): Credentials {
  const { user, password } = parsed(file, readText(file), format, parse);
  if (typeof user !== "string" || user === "" || typeof password !== "string" || password === "") {
    throw new CredentialsError(file, "malformed", `it has no user or no password in the format ${format}`);
  }
  return { user, password };
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new CredentialsError(file, "missing", "the Vault agent writes it before the application starts");
    }
    throw new CredentialsError(
      file,
      "unreadable",
      `${code}; it belongs to the user that the agent runs as, and the application has to run as the same`,
    );
  }
}

function parsed(
  file: string,
  text: string,
  format: CredentialsFormat,
  parse: CredentialsParser | undefined,
): Partial<Credentials> {
  try {
    return parserOf(format, parse)(text);
  } catch {
    // Whatever the parser says may quote the content.
    throw new CredentialsError(file, "malformed", `it is not of the format ${format}`);
  }
}

function parserOf(
  format: CredentialsFormat,
  custom: CredentialsParser | undefined,
): (text: string) => Partial<Credentials> {
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
