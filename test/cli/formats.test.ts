import fs from "node:fs";
import { files } from "../../proof/cli";
import { printFindings } from "../../proof/cli/findings";
import { lintCommand } from "../../proof/cli/lint";
import { rulesCommand } from "../../proof/cli/rules";
import { everyRule } from "../../proof/rules";

let printed = "";
beforeEach(() => {
  printed = "";
  for (const method of ["log", "error"] as const)
    jest
      .spyOn(console, method)
      .mockImplementation((...parts: unknown[]) => void (printed += `${parts.join(" ")}\n`));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = 0;
});

async function rules(...words: string[]): Promise<unknown> {
  printed = "";
  await rulesCommand(files).parseAsync([...words, "--format", "json"], { from: "user" });
  return JSON.parse(printed);
}

test("the rules in JSON: each with its severity, its reason and its place in docs/rules.md", async () => {
  const listed = (await rules()) as { id: string; page: string }[];
  expect(listed.map(({ id }) => id)).toEqual(everyRule.map(({ id }) => id));
  const anchors = [...fs.readFileSync("docs/rules.md", "utf8").matchAll(/^### (.*)$/gm)].map(
    ([, heading = ""]) => `docs/rules.md#${heading.replace("/", "")}`,
  );
  expect(listed.map(({ page }) => page).sort()).toEqual(anchors.sort());
  expect(await rules("access/no-audience")).toEqual({
    ...listed.find(({ id }) => id === "access/no-audience"),
    example: { language: "hcl", text: expect.stringContaining("vault_kubernetes_auth_backend_role") },
  });
});

/** Makes both streams say that they have colours, or have none. */
function onTerminal(hasColors: { out: boolean; err: boolean }): void {
  process.stdout.hasColors = () => hasColors.out;
  process.stderr.hasColors = () => hasColors.err;
}

describe("colours", () => {
  const before = {
    out: process.stdout.hasColors,
    err: process.stderr.hasColors,
    no: process.env["NO_COLOR"],
  };
  beforeEach(() => {
    delete process.env["NO_COLOR"];
  });
  afterEach(() => {
    process.stdout.hasColors = before.out;
    process.stderr.hasColors = before.err;
    if (before.no === undefined) delete process.env["NO_COLOR"];
    else process.env["NO_COLOR"] = before.no;
  });
  const lint = () => lintCommand(files).parseAsync(["test/fixtures/lint/article"], { from: "user" });

  test("where the stream that is written to has them, whatever the other one is", async () => {
    onTerminal({ out: true, err: false });
    await lint();
    expect(printed).toContain("\u001b[");
    printed = "";
    onTerminal({ out: false, err: true });
    await lint();
    expect(printed).not.toContain("\u001b[");
    const failure = { file: "a.tf", message: "this is no HCL" };
    printFindings({ findings: [], failures: [failure] }, console.error);
    expect(printed).toContain("\u001b[");
  });

  test("none with NO_COLOR, unless it is empty", async () => {
    onTerminal({ out: true, err: true });
    process.env["NO_COLOR"] = "1";
    await lint();
    expect(printed).not.toContain("\u001b[");
    process.env["NO_COLOR"] = "";
    await lint();
    expect(printed).toContain("\u001b[");
  });

  test("only one place makes them", () => {
    const coloured = ["cli", "lib", "proof"]
      .flatMap((folder) =>
        fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
      )
      .filter((file) => file.endsWith(".ts") && !/(^|\/)(dist|node_modules)\//.test(file))
      .filter((file) => /styleText|\\u001b|\\x1b/.test(fs.readFileSync(file, "utf8")));
    expect(coloured).toEqual(["proof/cli/findings.ts"]);
  });
});
