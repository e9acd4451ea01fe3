/** What all pools of this process do at SIGTERM; one listener serves them all, however many there are. */
const drains = new Set<() => Promise<unknown>>();
/** What is being drained since the signal came. */
const draining = new Set<Promise<unknown>>();
let signalled = false;

/**
 * At SIGTERM drains, and then lets the process end as it would have. An application that handles the
 * signal itself knows better when its work is done, and drains by itself. Who comes after the signal is drained at once.
 *
 * @returns what stops listening
 */
export function drainOnSignal(drain: () => Promise<unknown>): () => void {
  if (signalled) {
    // Whoever is being made is no pool yet.
    queueMicrotask(() => begin(drain));
    return () => {};
  }
  if (drains.size === 0) process.on("SIGTERM", onSignal);
  drains.add(drain);
  return () => {
    // A pool that ends because of the signal must not stop listening: the next one would kill the process at once.
    if (signalled || !drains.delete(drain) || drains.size > 0) return;
    process.removeListener("SIGTERM", onSignal);
  };
}

function onSignal(): void {
  if (signalled || process.listeners("SIGTERM").some((listener) => listener !== onSignal)) return;
  signalled = true;
  drains.forEach(begin);
}

function begin(drain: () => Promise<unknown>): void {
  const done = drain()
    .catch(() => {})
    .then(() => {
      draining.delete(done);
      if (draining.size > 0) return;
      // With no listener left the signal does what it does by default.
      process.removeListener("SIGTERM", onSignal);
      process.kill(process.pid, "SIGTERM");
    });
  draining.add(done);
}
