import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  binaryFinding,
  diagnose,
  formatDiagnosis,
  inLanguage,
  isEnough,
  type Finding,
} from "../../e2e/doctor/doctor";
import { askGo } from "../../e2e/doctor/go";
import { askJvm } from "../../e2e/doctor/jvm";
import { askPython } from "../../e2e/doctor/python";
import { groups } from "../../e2e/group";
import { scenarios } from "../../e2e/scenarios";
import { LANGUAGES } from "../../e2e/storefronts";

const vault: Finding = { name: "vault", found: true, detail: "Vault v1.21.4 (/usr/bin/vault)" };
const etcd: Finding = { name: "etcd", found: true, detail: "etcd Version: 3.6.8 (/usr/bin/etcd)" };
const psql: Finding = {
  name: "psql",
  found: true,
  detail: "psql 18 (/usr/bin/psql)",
  leaves: ["migration"],
};
const python: Finding = {
  name: "E2E_PYTHON",
  found: true,
  detail: "Python 3.12",
  leaves: ["python-job", "rotate in Python"],
};
const missing = (finding: Finding): Finding => ({ ...finding, found: false, detail: "get it" });

test("everything is there only when all of it is", () => {
  const findings = [vault, psql, python];
  expect(isEnough(findings)).toBe(true);
  expect(formatDiagnosis(findings)).toBe(
    `found    vault       Vault v1.21.4 (/usr/bin/vault)
found    psql        psql 18 (/usr/bin/psql)
found    E2E_PYTHON  Python 3.12

Everything is there: npm run e2e`,
  );
});

test("what a scenario or a part of one alone needs does not stop the others, and is named with it", () => {
  const findings = [vault, missing(psql), missing(python)];
  expect(isEnough(findings)).toBe(true);
  expect(formatDiagnosis(findings)).toBe(
    `found    vault       Vault v1.21.4 (/usr/bin/vault)
absent   psql        get it
absent   E2E_PYTHON  get it

Enough is there: npm run e2e
Not run: migration (needs psql), python-job (needs E2E_PYTHON), rotate in Python (needs E2E_PYTHON).`,
  );
});

test("what a group of scenarios needs is named with it once", () => {
  const [kubelet, ctr] = ["kubelet", "ctr"].map((name) => missing({ ...vault, name, leaves: ["nodes"] }));
  expect(formatDiagnosis([vault, kubelet as Finding, ctr as Finding])).toContain(
    "Enough is there: npm run e2e\nNot run: nodes (needs kubelet, ctr).",
  );
});

test("what every scenario needs stops the bench", () => {
  const findings = [missing(vault), missing(etcd), missing(python)];
  expect(isEnough(findings)).toBe(false);
  expect(formatDiagnosis(findings)).toContain(
    `2 missing: vault, etcd.
Not run either way: python-job (needs E2E_PYTHON), rotate in Python (needs E2E_PYTHON).
Programs are looked for in E2E_BIN`,
  );
});

test("a scenario is named for what it says itself that it needs, each language but Node's, and a group by its name", async () => {
  const named = new Set((await diagnose()).flatMap(({ leaves = [] }) => leaves));
  // What later-providers needs is said by E2E_PROVIDERS, and not by the machine.
  const alone = scenarios.flatMap(({ name, needs }) => (needs && name !== "later-providers" ? [name] : []));
  const languages = LANGUAGES.flatMap(({ name }) => (name === "Node" ? [] : [inLanguage(name)]));
  const withVaultInPods = groups
    .map(({ group }) => group)
    .filter((group) => !["servers", "drawn"].includes(group));
  expect(withVaultInPods).toEqual(["nodes", "laptop", "somebodys"]);
  expect([...named].sort()).toEqual(
    [
      ...alone,
      "nodes-clocks",
      "nodes-network-policy",
      "nodes-quickstart",
      "nodes-restore",
      ...languages,
      ...withVaultInPods,
    ].sort(),
  );
}, 60_000);

describe("a program", () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-doctor-test-"));
  afterAll(() => fs.rmSync(directory, { recursive: true }));
  const find = (script?: string) => {
    const file = path.join(directory, "tool");
    if (script === undefined) fs.rmSync(file, { force: true });
    else fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const tool = { name: "tool", purpose: "a tool", versionArgs: ["--version"], from: "somewhere" };
    return binaryFinding(tool, [directory]);
  };

  test("is found with its version, wherever it prints it", async () => {
    const detail = `tool 1.2 (${directory}/tool)`;
    expect(await find("echo tool 1.2; echo more")).toEqual({ name: "tool", found: true, detail });
    expect(await find("echo tool 1.2 >&2")).toEqual({ name: "tool", found: true, detail });
    const told = `tool Version: 1.2 (${directory}/tool)`;
    expect(await find("echo is no more; echo tool Version: 1.2")).toEqual({
      name: "tool",
      found: true,
      detail: told,
    });
  });

  test("that does not run is as good as missing", async () => {
    expect(await find("echo cannot execute >&2; exit 126")).toEqual({
      name: "tool",
      found: false,
      detail: `${directory}/tool does not run: cannot execute`,
    });
    expect(await find("exit 3")).toMatchObject({
      found: false,
      detail: expect.stringContaining("tool does not run: "),
    });
  });

  test("that is nowhere is told where to get", async () => {
    expect(await find()).toEqual({ name: "tool", found: false, detail: "a tool; get it from: somewhere" });
  });
});

describe("E2E_PYTHON", () => {
  test("that is not set says what to set", () => {
    expect(askPython({})).toEqual({ missing: expect.stringMatching(/^it is not set; name the Python/) });
  });

  test("that does not run, or has no client, says so", () => {
    expect(askPython({ E2E_PYTHON: "/nowhere/python" })).toEqual({
      missing: expect.stringMatching(/^\/nowhere\/python: .*ENOENT; name the Python/),
    });
    expect(askPython({ E2E_PYTHON: "/bin/false" })).toEqual({
      missing: expect.stringMatching(/^\/bin\/false: .*; name the Python/),
    });
  });
});

describe("Go and the JVM", () => {
  const nothing = "/nowhere/program";

  test("that do not run are told where to get", () => {
    expect(askGo(nothing)).toEqual({
      missing: expect.stringMatching(/^\/nowhere\/program: .*ENOENT; get it from: /),
    });
    expect(askJvm(nothing)).toEqual({
      missing: expect.stringMatching(/^\/nowhere\/program: .*ENOENT; get Maven and a JDK of 17 or later/),
    });
  });

  test("that are another program are not taken for them", () => {
    expect(askGo("/bin/false")).toEqual({ missing: expect.stringMatching(/; get it from: /) });
    expect(askJvm("/bin/true")).toEqual({ missing: expect.stringMatching(/it names no Java; get Maven/) });
  });
});
