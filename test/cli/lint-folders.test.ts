import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readGraph, type ReadFailure } from "../../proof/access";
import { readProject } from "../../proof/input";

/** Reads a tree of files, some of which are links, as `leasehold lint` does. */
async function lintTree(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Promise<{ addresses: string[]; failures: ReadFailure[]; folder: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-folders-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, path.join(folder, name));
    const { graph, failures } = await readGraph(readProject([folder]));
    const addresses = graph.terraform.resources.map(({ origin }) => origin.address).sort();
    return { addresses, failures: [...failures], folder };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const call = (source: string, name = "m") => `module "${name}" {\n  source = "${source}"\n}\n`;
const policy = (name: string) =>
  `resource "vault_policy" "${name}" {\n  name   = "${name}"\n  policy = ""\n}\n`;

describe("a module that calls itself ends, and is an error of the input", () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["by its own name", { "m/main.tf": call("../m") }, {}],
    ["by a dot", { "m/main.tf": call("./.") }, {}],
    ["by a link", { "m/main.tf": call("./again") }, { "m/again": "." }],
    ["by another one", { "a/main.tf": call("../b"), "b/main.tf": call("../a") }, {}],
    [
      "below a root",
      { "main.tf": call("./a"), "a/main.tf": call("./b"), "a/b/main.tf": call("../../a") },
      {},
    ],
  ])("%s", async (_name, files, links) => {
    const { failures } = await lintTree(files, links);
    expect(failures).toEqual([
      expect.objectContaining({
        file: expect.stringMatching(/main\.tf$/) as string,
        line: 1,
        message: expect.stringMatching(
          /^this module calls itself: \S+( → \S+)+; remove one of the calls$/,
        ) as string,
      }),
    ]);
  });

  test("one that calls two, each of which call two, has a limit", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `m${index}/main.tf`,
        index === 29 ? policy("p") : call(`../m${index + 1}`, "a") + call(`../m${index + 1}`, "b"),
      ]),
    );
    const { failures } = await lintTree(files);
    expect(failures[0]?.message).toBe("this configuration calls more than 5000 modules");
  }, 60_000);
});

test("what names a folder without calling it does not take it out of the judgement", async () => {
  const { addresses, failures } = await lintTree({
    "a/main.tf": `# module "b" { source = "../b" }\n/* source = "../b" */\nlocals {\n  x = "source = \\"../b\\""\n  y = <<EOT\nsource = "../b"\nEOT\n}\n${policy("a")}`,
    "b/main.tf": policy("b"),
    "c/main.tf": call("../d"),
    "d/main.tf": policy("d"),
  });
  expect(failures).toEqual([]);
  expect(addresses).toEqual(["module.m.vault_policy.d", "vault_policy.a", "vault_policy.b"]);
});
