/** The kubelet's delay before a restart, in seconds: none at first, then 10 doubling up to 300. */
export function restartDelay(restarts: number): number {
  return restarts === 0 ? 0 : Math.min(10 * 2 ** (restarts - 1), 300);
}
