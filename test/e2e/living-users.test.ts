import type { Bench } from "../../e2e/bench";
import { livingUsers } from "../../e2e/scenarios/recovery";

/** A mock of the bench: what PostgreSQL knows, and what the pods' applications have logged. */
function benchWith(state: { known: string[]; logs: string[] }): Bench {
  return {
    users: () => Promise.resolve([...state.known]),
    pods: () => state.logs.map((log) => ({ container: () => ({ log }) })),
  } as unknown as Bench;
}

const connected = (user: string, second: number) =>
  JSON.stringify({ at: `2026-01-01T00:00:0${second}Z`, event: "connected", user });
const failed = (second: number) => JSON.stringify({ at: `2026-01-01T00:00:0${second}Z`, event: "error" });
const SOON = { timeoutMs: 50 };

test("every pod with a user that exists", async () => {
  const bench = benchWith({ known: ["b", "a"], logs: [connected("a", 1), connected("b", 1)] });
  expect(await livingUsers(bench, "shop", "orders", SOON)).toEqual(["a", "b"]);
});

test.each([
  ["a user that is still there beside it", ["a", "old"], [connected("a", 1)]],
  ["a pod whose user is gone", ["a"], [connected("a", 1), connected("b", 1)]],
  ["a pod that has failed since", ["a"], [`${connected("a", 1)}\n${failed(2)}`]],
  ["no pod", [], []],
])("not with %s", async (_case, known, logs) => {
  await expect(livingUsers(benchWith({ known, logs }), "shop", "orders", SOON)).rejects.toThrow(
    /^no living user/,
  );
});

test("what was so before an outage is no recovery from it", async () => {
  const state = { known: ["a"], logs: [connected("a", 1)] };
  const after = { ...SOON, otherThan: ["a"] };
  await expect(livingUsers(benchWith(state), "shop", "orders", after)).rejects.toThrow(/^no living user/);
  const recovered = { known: ["b"], logs: [`${connected("a", 1)}\n${failed(2)}\n${connected("b", 3)}`] };
  expect(await livingUsers(benchWith(recovered), "shop", "orders", after)).toEqual(["b"]);
});
