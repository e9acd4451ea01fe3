/**
 * Calls what the application gave, and lets nothing of it get in the way: what it throws or rejects with is a warning
 * of the process.
 */
export function safely<T extends unknown[]>(
  name: string,
  hook: ((...args: T) => unknown) | undefined,
  ...args: T
): void {
  if (hook === undefined) return;
  try {
    Promise.resolve(hook(...args)).catch((error: unknown) => warn(name, error));
  } catch (error) {
    warn(name, error);
  }
}

function warn(name: string, error: unknown): void {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.emitWarning(`${name} failed, and the pool goes on without it: ${text}`, "LeaseholdWarning");
}
