import type { Asked, Seen } from "./program";

/** What one way to hold connections has come to, in one slice or in several, of one round or of several. */
export class Result {
  queries = 0;
  failed = 0;
  rotations = 0;
  seconds = 0;
  /** Seconds. */
  cpu = 0;
  /** Sessions that the server had. */
  sessions = 0;
  /** The longest that a session of an old user was seen after the new file was there, in seconds. */
  oldUser = 0;
  readonly failures = new Map<string, number>();
  /** Milliseconds, of all short queries, and of those in the second after a new file of their pod. */
  taken: number[] = [];
  after: number[] = [];

  /** What several have come to together. */
  static of(several: readonly Result[]): Result {
    const all = new Result();
    for (const each of several) {
      all.queries += each.queries;
      all.failed += each.failed;
      all.rotations += each.rotations;
      all.seconds += each.seconds;
      all.cpu += each.cpu;
      all.sessions += each.sessions;
      all.oldUser = Math.max(all.oldUser, each.oldUser);
      each.failures.forEach((count, message) => all.fail(message, count));
      all.taken = all.taken.concat(each.taken);
      all.after = all.after.concat(each.after);
    }
    return all;
  }

  /** @param rotatedAt when each pod had a new file, in milliseconds of the clock */
  add(seen: Seen, rotatedAt: readonly (readonly number[])[]): void {
    this.queries += seen.queries;
    this.failed += seen.failed;
    this.cpu += seen.cpu;
    for (const [message, count] of Object.entries(seen.failures)) {
      this.fail(message.replaceAll(/v-[\w-]+/g, "<user>"), count);
    }
    for (const asked of seen.asked) {
      this.taken.push(asked.taken);
      if (isAfter(asked, rotatedAt[asked.pod] ?? [])) this.after.push(asked.taken);
    }
  }

  private fail(message: string, count: number): void {
    this.failures.set(message, (this.failures.get(message) ?? 0) + count);
  }

  get rate(): number {
    return this.queries / this.seconds;
  }

  get cpuPerQuery(): number {
    return this.cpu / this.queries;
  }
}

function isAfter({ at }: Asked, rotatedAt: readonly number[]): boolean {
  return rotatedAt.some((from) => at >= from && at < from + 1000);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
