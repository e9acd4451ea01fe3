import { setTimeout as sleep } from "node:timers/promises";

export { sleep };

export interface WaitOptions {
  /** @default 30_000 */
  readonly timeoutMs?: number;
  /** @default 50 */
  readonly intervalMs?: number;
}

/**
 * Polls until the probe gives something other than `undefined` or `false`, and returns it. A probe
 * that throws is asked again; its last error is part of the message when time runs out.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 30_000, intervalMs = 50 }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let reason = "";
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      reason = "";
    } catch (error) {
      reason = `; last error: ${errorMessage(error)}`;
    }
    if (Date.now() >= deadline) throw new Error(`no ${what} within ${timeoutMs / 1000} s${reason}`);
    await sleep(intervalMs);
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
