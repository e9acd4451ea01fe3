/**
 * Runs lanes side by side, and what is in each of them one after the other, also after one that has failed.
 *
 * @returns the highest exit code; 0 where there was nothing to run
 */
export async function runLanes<T>(
  lanes: readonly (readonly T[])[],
  run: (each: T) => Promise<number>,
): Promise<number> {
  const codes = await Promise.all(
    lanes.map(async (lane) => {
      let highest = 0;
      for (const each of lane) highest = Math.max(highest, await run(each));
      return highest;
    }),
  );
  return Math.max(0, ...codes);
}
