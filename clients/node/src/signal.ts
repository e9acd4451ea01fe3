/**
 * At SIGTERM drains, and then lets the process end as it would have. An application that handles the
 * signal itself knows better when its work is done, and drains by itself.
 *
 * @returns what stops listening
 */
export function drainOnSignal(drain: () => Promise<unknown>): () => void {
  const remove = () => {
    handlers.delete(handler);
    process.removeListener("SIGTERM", handler);
  };
  let stop = remove;
  const handler = () => {
    const others = process.listeners("SIGTERM").filter((listener) => !handlers.has(listener as () => void));
    if (others.length > 0) return;
    // From here on the pool's own end must not stop listening: the signal would kill the process at once.
    stop = () => {};
    void drain().finally(() => {
      remove();
      // The last of several pools; with no listener left the signal does what it does by default.
      if (process.listenerCount("SIGTERM") === 0) process.kill(process.pid, "SIGTERM");
    });
  };
  handlers.add(handler);
  process.on("SIGTERM", handler);
  return () => stop();
}

/** Those of all pools of this process. */
const handlers = new Set<(...args: never[]) => void>();
