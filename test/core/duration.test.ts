import fc from "fast-check";
import { durationProblems, isDuration, seconds, toDuration, type Duration } from "../../lib/core";

describe("a duration", () => {
  test.each([
    ["1s", 1],
    ["15m", 900],
    ["1h", 3600],
    ["30d", 2_592_000],
  ] as const)("%s is %i seconds", (duration, expected) => {
    expect(seconds(duration)).toBe(expected);
    expect(durationProblems("ttl", duration)).toEqual([]);
  });

  test.each(["", "1", "h", "1 h", "1.5h", "-1h", "1h30m", "1w", "1H", "0s", "1e3s"])(
    "%j is refused",
    (text) => {
      expect(isDuration(text)).toBe(false);
      expect(durationProblems("ttl", text)).toEqual([
        {
          property: "ttl",
          must: 'be a duration of more than nothing: a whole number and one of s, m, h, d, such as "15m" or "1h"',
          got: text,
          fix: 'write it as "90s", "15m", "1h" or "7d"',
        },
      ]);
    },
  );

  test("cannot be read when it is none", () => {
    expect(() => seconds("soon" as Duration)).toThrow('"soon" is not a duration such as "15m" or "1h"');
  });

  test.each([
    [90, "90s"],
    [120, "2m"],
    [3600, "1h"],
    [86_400, "1d"],
    [0, "0s"],
  ])("%i seconds are written as %s", (total, text) => {
    expect(toDuration(total)).toBe(text);
  });

  test("is written so that it reads back", () => {
    fc.assert(fc.property(fc.nat(100_000_000), (total) => seconds(toDuration(total)) === total));
  });
});
