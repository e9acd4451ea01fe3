import fs, { constants, type FileHandle } from "node:fs/promises";

/** More than any file of credentials or any bundle of CAs has; a mistaken path must cost neither memory nor time. */
export const MOST_BYTES = 1024 * 1024;

/** What is wrong with a file. */
export type FileReason = "missing" | "unreadable" | "malformed";

/** A file that cannot be read as it is; its content is never part of the message. */
export class FileError extends Error {
  constructor(
    readonly reason: FileReason,
    detail: string,
  ) {
    super(detail);
    this.name = "FileError";
  }
}

/**
 * Reads a file that is small, without holding up anybody: a pipe is not waited for, and what is larger than
 * {@link MOST_BYTES} is not read.
 *
 * @throws FileError
 */
export async function readSmallFile(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK the opening of a pipe waits for somebody who writes into it.
    handle = await fs.open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readRegular(handle);
  } catch (error) {
    throw error instanceof FileError ? error : unreadable(error as NodeJS.ErrnoException);
  } finally {
    await handle?.close().catch(() => {});
  }
}

async function readRegular(handle: FileHandle): Promise<Buffer> {
  const stat = await handle.stat();
  if (stat.isDirectory()) throw new FileError("unreadable", "EISDIR; it is a directory");
  if (!stat.isFile()) {
    throw new FileError("unreadable", "it is a pipe, a socket or a device, and no regular file");
  }
  if (stat.size > MOST_BYTES) throw tooLarge(stat.size);
  return handle.readFile();
}

function tooLarge(bytes: number): FileError {
  return new FileError("malformed", `it has ${bytes} bytes, more than the ${MOST_BYTES} that are read`);
}

function unreadable({ code = "" }: NodeJS.ErrnoException): FileError {
  if (code === "ENOENT" || code === "ENOTDIR") return new FileError("missing", "it is not there");
  return new FileError("unreadable", code);
}
