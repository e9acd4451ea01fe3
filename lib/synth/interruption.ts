/** What a process takes back when it is told to end: the last first. */
const cleanups = new Set<() => void>();

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does something, and takes back what it left lying about, also where the process is told to end meanwhile. It
 * ends by the same signal then, so that whoever sent it sees that.
 */
export async function cleaningUp<T>(cleanup: () => void, work: () => Promise<T>): Promise<T> {
  if (cleanups.size === 0) listen();
  cleanups.add(cleanup);
  try {
    return await work();
  } finally {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) stopListening();
    cleanup();
  }
}

function listen(): void {
  SIGNALS.forEach((signal) => process.on(signal, end));
  process.on("exit", cleanUp);
}

function stopListening(): void {
  SIGNALS.forEach((signal) => process.off(signal, end));
  process.off("exit", cleanUp);
}

function end(signal: NodeJS.Signals): void {
  stopListening();
  cleanUp();
  process.kill(process.pid, signal);
}

function cleanUp(): void {
  const all = [...cleanups].reverse();
  cleanups.clear();
  for (const cleanup of all) {
    try {
      cleanup();
    } catch {
      // The others have something to take back too.
    }
  }
}
