import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { findBinary } from "../../e2e/doctor/binaries";
import { setClock } from "../../e2e/support/clock";
import { BackgroundProcess } from "../../e2e/support/process";
import { eventually } from "../../e2e/support/wait";

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-clock-test-"));
afterAll(() => fs.rmSync(directory, { recursive: true }));

/** A program that says what time it is, again and again. */
const SAYS = `setInterval(() => process.stdout.write(String(Date.now() / 1000) + "\\n"), 20)`;

test("a clock of a program that does not run cannot be set", async () => {
  await expect(setClock("nothing", undefined, 300, async () => 0)).rejects.toThrow("nothing does not run");
});

// Not on a machine without it, as the scenario.
(findBinary("watchmaker") === undefined ? test.skip : test)(
  "the clock of a running program is set ahead, behind and right, and no other's",
  async () => {
    const says = () => new BackgroundProcess("says", process.execPath, ["-e", SAYS], { logFile: file() });
    const [moved, other] = [says(), says()];
    // The last line may be one that it is still writing.
    const now = (program: BackgroundProcess) => async () => Number(program.tail(2).split("\n")[0]);
    try {
      await eventually("first line", async () => (await now(other)()) > 0);
      for (const seconds of [300, -300, 0]) {
        await setClock("says", moved, seconds, now(moved));
        expect(Math.abs((await now(other)()) - Date.now() / 1000)).toBeLessThan(60);
      }
    } finally {
      await Promise.all([moved.stop(), other.stop()]);
    }
  },
  60_000,
);

let files = 0;
const file = () => path.join(directory, `says-${(files += 1)}.log`);
