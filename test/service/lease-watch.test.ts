import fc from "fast-check";
import { toDuration } from "../../lib/core";
import { deriveTiming } from "../../lib/service/declaration/timing";

/**
 * What is left of a credential just before each request of the agent, in seconds: it renews, and reads the next one
 * where a renewal would end within its grace. (Vault, api/lifetime_watcher.go, doRenewWithOptions)
 *
 * @param jitter from 0 to 1, which Vault draws for each lease that has grown
 */
function leftBeforeRequests(ttl: number, max: number, jitter: number): number[] {
  const left: number[] = [];
  const grace = ttl * (0.1 + 0.1 * jitter);
  let [now, expiry] = [0, ttl];
  for (;;) {
    // The first renewal follows at once.
    if (now > 0) left.push(expiry - now);
    const remaining = Math.min(ttl, max - now);
    const pause = (remaining * 2 + grace) / 3;
    if (remaining - pause <= grace) return left;
    expiry = now + remaining;
    now += pause;
  }
}

const timing = (ttl: number, max: number) =>
  deriveTiming({ default: toDuration(ttl), max: toDuration(max) }, "1s");

test("an outage of Vault that is borne, and the overlap, are no longer than what is ever left", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 86_400 }),
      fc.double({ min: 1, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ttl, times, jitter) => {
        const max = Math.floor(ttl * times);
        const least = Math.min(...leftBeforeRequests(ttl, max, jitter));
        const { outageTolerance, overlap } = timing(ttl, max);
        expect(outageTolerance.value).toBeLessThanOrEqual(least);
        expect(overlap.value).toBeLessThanOrEqual(least);
      },
    ),
  );
});

test("just before a rotation less is left than just before a renewal, and no less than is promised", () => {
  const jitters = Array.from({ length: 1_000 }, (_, index) => index / 1_000);
  const all = jitters.map((jitter) => leftBeforeRequests(3600, 86_400, jitter));
  const beforeRenewals = all.flatMap((left) => left.slice(0, -1));
  const beforeRotations = all.map((left) => left.at(-1) ?? Infinity);
  expect(Math.min(...beforeRenewals)).toBeLessThan(0.27 * 3600);
  expect(Math.min(...beforeRotations)).toBeLessThan(0.15 * 3600);
  expect(Math.min(...beforeRotations)).toBeGreaterThan(timing(3600, 86_400).outageTolerance.value);
});
