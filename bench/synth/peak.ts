/** Tells the parent process how much memory this one needed at most; `ru_maxrss` is in KiB. */
export function reportPeak(): void {
  process.send?.({ peakMiB: process.resourceUsage().maxRSS / 1024 });
}
