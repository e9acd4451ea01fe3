/** Tells the parent process what this one needed: CPU time, and memory at its peak (`ru_maxrss` is in KiB). */
export function reportUsage(): void {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.send?.({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: maxRSS / 1024 });
}
