import { lanes } from "../../e2e/group";
import { runLanes } from "../../e2e/lanes";

/** Ends when it is told to, with the code that it is told. */
function steps() {
  const begun: string[] = [];
  const ends = new Map<string, (code: number) => void>();
  const run = (name: string) => {
    begun.push(name);
    return new Promise<number>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string, code: number) => {
    ends.get(name)?.(code);
    await new Promise(setImmediate);
  };
  return { begun, run, end };
}

test("lanes run side by side, and what is in one of them one after the other, also after a failure", async () => {
  const { begun, run, end } = steps();
  const code = runLanes([["a", "b"], ["c"]], run);
  expect(begun).toEqual(["a", "c"]);
  await end("a", 1);
  expect(begun).toEqual(["a", "c", "b"]);
  await end("b", 0);
  await end("c", 0);
  expect(await code).toBe(1);
});

test("where there is nothing to run nothing has failed", async () => {
  expect(await runLanes([], () => Promise.resolve(1))).toBe(0);
});

test("no two groups that run side by side share a network", () => {
  expect(lanes.length).toBeGreaterThan(1);
  expect(lanes.flat().map(({ group, network }) => [group, network])).toEqual(
    lanes.flat().map(({ group }) => [group, "own"]),
  );
});
