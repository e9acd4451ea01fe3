import { reportFailure } from "./failure";

/**
 * Ends a process as its user expects where something fails that nobody waits for: quietly where whoever read
 * the output has gone (`report | head`), and otherwise with a line on standard error.
 */
export function guardProcess(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      fail(error);
    });
  }
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}

function fail(error: unknown): void {
  reportFailure(error);
  process.exit();
}
