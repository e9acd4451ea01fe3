import { amount } from "../../proof/core";

test.each([
  ["1500m", "1.5"],
  ["1Gi", "1024Mi"],
  ["1e3", "1k"],
  ["250000u", "250m"],
  ["1Ei", String(2 ** 60)],
])("%s is as much as %s", (one, other) => {
  expect(amount(one)).toBeCloseTo(amount(other), 9);
});

test.each(["", "much", "1Q", "-1", "1.", "constructor"])("%j is no quantity", (text) => {
  expect(amount(text)).toBeNaN();
});
