import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { CHART } from "../../lib/vault/vault-server";
import { groups } from "../../e2e/group";
import { chartDirectory, CHART_VARIABLE } from "../../e2e/nodes/chart";
import { existingCluster, needsOwnCluster } from "../../e2e/nodes/existing-cluster";
import { runbookCommand, runbookCommands } from "../../e2e/nodes/runbook";
import { runInTerminal } from "../../e2e/nodes/terminal";

test("the page names every scenario of every group, and no other", () => {
  const page = fs.readFileSync("docs/e2e.md", "utf8");
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(groups.flatMap(({ scenarios }) => scenarios).sort());
});

describe("a command of a runbook", () => {
  test("is found by its section and how it begins, whole where it goes on in the next line", () => {
    expect(runbookCommand("install-vault.md", "2. The chart", "npx")).toBe(
      "npx cdktf deploy production-vault",
    );
    expect(runbookCommand("unseal.md", "", "for pod in")).toMatch(
      /vault status .* vault operator unseal; done; done$/,
    );
  });

  test("that is not there any more, or there twice, fails", () => {
    expect(() => runbookCommands("unseal.md", "Seal")).toThrow('unseal.md has no section "Seal"');
    expect(() => runbookCommand("unseal.md", "", "vault seal")).toThrow("has 0 commands");
    expect(() => runbookCommand("install-vault.md", "5. Changing Vault later", "kubectl")).toThrow(
      "has 3 commands",
    );
  });
});

describe("an operator in a terminal", () => {
  const ask = `read -rsp 'Key: ' key; echo; printf '\\033[1mgot %s\\033[0m\\n' "$key"`;

  test("answers as often as it is asked, and sees no colours", async () => {
    const printed = await runInTerminal(`${ask}; ${ask}`, process.env, [
      { prompt: "Key: ", text: "one" },
      { prompt: "Key: ", text: "two" },
    ]);
    expect(printed).toBe("Key: \ngot one\nKey: \ngot two\n");
  });

  test("fails where the command does, or never asks", async () => {
    await expect(runInTerminal("exit 3", process.env)).rejects.toThrow("ended with 3");
    const answers = [{ prompt: "Key: ", text: "one" }];
    await expect(runInTerminal("true", process.env, answers)).rejects.toThrow('never asked "Key: "');
  });
});

describe("a cluster that is there already", () => {
  test("is none where nobody names one", () => {
    expect(existingCluster({})).toBeUndefined();
    expect(needsOwnCluster({})).toBeUndefined();
  });

  test("says at once all that it cannot find out, and what is not run on it", () => {
    expect(() => existingCluster({ E2E_KUBECONFIG: "k" })).toThrow(/also needs E2E_HOST, .*; and E2E_LOAD, /);
    expect(() => existingCluster({ E2E_KUBECONFIG: "k", E2E_HOST: "10.0.0.1" })).toThrow(/needs E2E_LOAD, /);
    expect(existingCluster({ E2E_KUBECONFIG: "/k", E2E_HOST: "10.0.0.1", E2E_LOAD: "load" })).toEqual({
      kubeconfig: "/k",
      host: "10.0.0.1",
      load: "load",
    });
    expect(needsOwnCluster({ E2E_KUBECONFIG: "k" })).toBe("it needs a cluster of the bench's own");
  });
});

describe("the chart", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-chart-"));
  afterAll(() => fs.rmSync(directory, { recursive: true }));
  const find = () => chartDirectory({ [CHART_VARIABLE]: directory });

  test("is the version that is rendered, and no other", () => {
    expect(chartDirectory({})).toEqual({
      missing: expect.stringContaining("it is not set; name a directory"),
    });
    expect(find()).toEqual({ missing: expect.stringContaining("there is no ") });
    fs.writeFileSync(path.join(directory, "Chart.yaml"), "version: 0.1.0\n");
    expect(find()).toEqual({ missing: expect.stringContaining("has version 0.1.0") });
    fs.writeFileSync(path.join(directory, "Chart.yaml"), `version: ${CHART.version}\n`);
    expect(find()).toEqual({ directory });
  });
});
