import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { SEED } from "../../support/seed";
import { askLeasehold, compare, type Compared, type Outcome } from "./console/compare";
import { expressions } from "./console/grammar";
import { FILES, INVALID, TABLE } from "./console/table";
import { askTerraform, terraformFunctions, terraformVersion, type Answer } from "./console/terraform";

/**
 * What `terraform console` answers, and whether leasehold says the same or that it does not know. Where
 * `terraform` is on PATH the program itself is asked; elsewhere what it answered when the table was recorded:
 * `LEASEHOLD_RECORD=1 npx jest test/access/terraform/console`.
 */
const FILE = path.join(__dirname, "console", "recorded.json");
const GENERATED = 400;

interface Recorded {
  readonly terraform: string;
  readonly functions: readonly string[];
  readonly answers: Readonly<Record<string, Answer>>;
}

const version = terraformVersion();
const generated = (seed: number) => [...new Set(fc.sample(expressions, { numRuns: GENERATED, seed }))];
const asked = [...TABLE, ...generated(1)];
let recorded: Recorded;

beforeAll(() => {
  if (process.env["LEASEHOLD_RECORD"] === "1") {
    const answers = Object.fromEntries(askTerraform(asked, FILES, INVALID));
    const record = { terraform: version, functions: terraformFunctions(), answers };
    fs.writeFileSync(FILE, `${JSON.stringify(record, null, 1)}\n`);
  }
  recorded = JSON.parse(fs.readFileSync(FILE, "utf8")) as Recorded;
}, 120_000);

test("every function of Terraform's is in the table", () => {
  const called = new Set(
    TABLE.flatMap((each) => [...each.matchAll(/([a-z0-9]+)\(/g)].map(([, name]) => name)),
  );
  expect(recorded.functions.length).toBeGreaterThan(100);
  expect(recorded.functions.filter((name) => !called.has(name))).toEqual([]);
});

test("of the table nothing has another value than Terraform gives, and much has the same", async () => {
  const answers = new Map(asked.map((each) => [each, recorded.answers[each] ?? fail(each)]));
  const { counts, wrong } = await compared(asked, answers);
  expect(wrong).toEqual([]);
  expect(counts.same).toBeGreaterThan(700);
  console.info(`beside Terraform ${recorded.terraform}: ${JSON.stringify(counts)}`);
}, 120_000);

(version === undefined ? test.skip : test)(
  "the terraform on PATH answers as recorded, and of new expressions nothing has another value",
  async () => {
    const recordedNow = version === recorded.terraform ? askTerraform(TABLE, FILES, INVALID) : new Map();
    const changing = /uuid|bcrypt|timestamp/;
    for (const [expression, answer] of recordedNow) {
      if (!changing.test(expression))
        expect([expression, answer]).toEqual([expression, recorded.answers[expression]]);
    }
    const fresh = generated(SEED);
    expect((await compared(fresh, askTerraform(fresh, FILES))).wrong).toEqual([]);
  },
  120_000,
);

async function compared(
  all: readonly string[],
  answers: ReadonlyMap<string, Answer>,
): Promise<{ counts: Partial<Record<Outcome, number>>; wrong: Compared[] }> {
  const ours = await askLeasehold(all, FILES);
  const outcomes = all.map((each) => compare(each, ours.get(each) ?? null, answers.get(each) ?? fail(each)));
  const counts: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return { counts, wrong: outcomes.filter(({ outcome }) => /other|one/.test(outcome)) };
}

function fail(expression: string): never {
  throw new Error(`no answer of Terraform's is recorded for ${expression}: record the table again`);
}
