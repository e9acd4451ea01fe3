import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { lintCommand } from "../../proof/cli/lint";
import { files } from "../../proof/cli/source";
import { packageOf } from "../../proof/input";

const FIXTURES = "test/fixtures/lint";
const log = jest.spyOn(console, "log").mockImplementation(() => {});
afterEach(() => {
  process.exitCode = 0;
});

async function lint(...args: string[]): Promise<{ text: string; exitCode: typeof process.exitCode }> {
  log.mockClear();
  process.exitCode = undefined;
  await lintCommand(files).parseAsync(args, { from: "user" });
  return { text: log.mock.calls.map(([text]) => String(text)).join("\n"), exitCode: process.exitCode };
}

interface Json {
  findings: { rule: string; resource: string; file: string; line: number; waived: string | null }[];
  failures: unknown[];
}
const parse = ({ text }: { text: string }) => JSON.parse(text) as Json;

describe("realistic trees", () => {
  test("a flawless one has no finding", async () => {
    expect(await lint(`${FIXTURES}/flawless`)).toEqual({
      text: "0 errors, 0 warnings, 0 waived",
      exitCode: 0,
    });
  });

  test.each(["article", "modules", "awful"])("%s: what a team would forward", async (tree) => {
    const { text, exitCode } = await lint(`${FIXTURES}/${tree}`);
    expect(text).toMatchSnapshot();
    expect(exitCode).toBe(tree === "awful" ? 2 : 1);
  });

  test("a file that cannot be parsed is told with its place, and the rest is judged", async () => {
    const { findings, failures } = parse(await lint(`${FIXTURES}/awful`, "--format", "json"));
    expect(failures).toEqual([
      {
        file: `${FIXTURES}/awful/broken.tf`,
        line: 1,
        message: "this is no HCL: Unclosed configuration block",
      },
    ]);
    expect(findings.length).toBeGreaterThan(30);
  });

  test("no secret of a configuration is repeated, in any format", async () => {
    for (const format of ["text", "json", "sarif", "github"]) {
      const { text } = await lint(`${FIXTURES}/awful`, "--format", format);
      expect(text).not.toMatch(/CAESIJ|Sup3rS3cret|static-password-123|hunter2/);
    }
  });
});

test("machines get objects, SARIF and commands of a workflow", async () => {
  const { findings } = parse(await lint(`${FIXTURES}/modules`, "--format", "json"));
  expect(Object.keys(findings[0] ?? {})).toEqual(
    expect.arrayContaining([
      "rule",
      "severity",
      "resource",
      "path",
      "file",
      "line",
      "message",
      "why",
      "fix",
      "waived",
    ]),
  );
  const sarif = JSON.parse((await lint(`${FIXTURES}/modules`, "--format", "sarif")).text) as {
    version: string;
    runs: { results: unknown[]; tool: { driver: { rules: { id: string; helpUri: string }[] } } }[];
  };
  expect(sarif.version).toBe("2.1.0");
  expect(sarif.runs[0]?.results).toHaveLength(findings.length);
  const pages = sarif.runs[0]?.tool.driver.rules.map(({ id, helpUri }) => [id, helpUri]);
  expect(pages).toContainEqual([
    "access/no-audience",
    `https://unpkg.com/@leasehold/proof@${packageOf("proof").version}/rules.md#accessno-audience`,
  ]);
  expect((await lint(`${FIXTURES}/modules`, "--format", "github")).text).toMatch(
    /^::error file=test\/fixtures\/lint\/modules\/modules\/database-access\/main.tf,line=7,title=sql\/revocation-not-idempotent::module\.access/,
  );
});

test("a waiver accepts what it names, is printed, and must name something", async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-lint-"));
  const waivers = path.join(directory, "waivers.yaml");
  const reason = "the network team owns that state";
  fs.writeFileSync(
    waivers,
    `- { rule: secrets/remote-state, resource: data.terraform_remote_state.network, reason: ${reason} }\n` +
      "- { rule: secrets/remote-state, resource: data.terraform_remote_state.other, reason: matches nothing }\n",
  );
  const { findings } = parse(await lint(`${FIXTURES}/awful`, "--waivers", waivers, "--format", "json"));
  fs.rmSync(directory, { recursive: true });
  expect(findings.filter(({ waived }) => waived !== null)).toEqual([
    expect.objectContaining({ rule: "secrets/remote-state", waived: reason }),
  ]);
  expect(findings.filter(({ rule }) => rule === "waiver/unmatched")).toHaveLength(1);
});

test("what of a file of waivers nobody can read is refused, all of it at once", async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-lint-"));
  const waivers = path.join(directory, "waivers.yaml");
  const good =
    "rule: secrets/remote-state, resource: data.terraform_remote_state.network, reason: it is theirs";
  fs.writeFileSync(
    waivers,
    [
      `- { ${good}, evidence: [], until: 2999-12-31 }`,
      `- { ${good}, until: 2027-02-30 }`,
      `- { ${good}, evidence: orders }`,
      `- { ${good}, untill: 2027-03-31 }`,
    ].join("\n"),
  );
  await expect(lint(`${FIXTURES}/awful`, "--waivers", waivers)).rejects.toThrow(
    [
      'entry 2 until must be a day of the calendar, written like "2027-03-31", got "2027-02-30"',
      'entry 3 must have a list of texts as evidence, got "orders"',
      "entry 4 must have the texts rule, resource and reason, and may have evidence and until, got rule, resource, reason, untill",
    ].join("\n  "),
  );
  fs.writeFileSync(waivers, `- { ${good}, evidence: [], until: 2999-12-31 }`);
  const { text } = await lint(`${FIXTURES}/awful`, "--waivers", waivers);
  fs.rmSync(directory, { recursive: true });
  expect(text).toMatch(/waived: it is theirs \(until 2999-12-31, \d+ days left\)/);
});

test("relaxed guardrails ask for less, and --fail-on for more", async () => {
  const strict = parse(await lint(`${FIXTURES}/article`, "--format", "json")).findings.length;
  const relaxed = parse(await lint(`${FIXTURES}/article`, "--format", "json", "--guardrails", "relaxed"));
  expect(relaxed.findings.length).toBeLessThan(strict);
  const main = fs.readFileSync(`${FIXTURES}/flawless/vault.tf`, "utf8");
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-lint-"));
  fs.cpSync(`${FIXTURES}/flawless`, directory, { recursive: true });
  fs.writeFileSync(
    path.join(directory, "vault.tf"),
    main.replace('password_authentication = "scram-sha-256"', ""),
  );
  expect((await lint(directory)).exitCode).toBe(0);
  expect((await lint(directory, "--fail-on", "warning")).exitCode).toBe(1);
  fs.rmSync(directory, { recursive: true });
});

test("a path that is not there, and one with nothing to judge, could not run", async () => {
  await expect(lint("test/nowhere")).rejects.toThrow("there is no test/nowhere");
  await expect(lint("docs/adr")).rejects.toThrow("there is nothing to judge in docs/adr");
});
