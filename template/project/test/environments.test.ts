import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { synthesize } from "leasehold";
import { environments } from "../stacks";

const work = fs.mkdtempSync(path.join(os.tmpdir(), "environments-"));
afterAll(() => fs.rmSync(work, { recursive: true }));

/** CDKTF's own remarks change with its version, and Terraform does not read them. */
const withoutRemarks = (key: string, value: unknown) => (key === "//" ? undefined : value);

test("every stack is what it was, and the proof has nothing to say", async () => {
  const { stacks, findings } = await synthesize(environments, path.join(work, "cdktf.out"));
  expect(findings).toEqual([]);
  for (const { stack, file } of stacks)
    expect(JSON.parse(fs.readFileSync(file, "utf8"), withoutRemarks)).toMatchSnapshot(stack);
});
