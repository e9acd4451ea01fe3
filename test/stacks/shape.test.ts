import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { InvalidConfigurationError, type LocatedProblem } from "../../lib/core";
import { App } from "../../lib/core/terraform";
import type { Environment } from "../../lib/environment/environment";
import { configurationProblems } from "../../lib/environment/problems";
import { defineEnvironment } from "../../lib/stacks";
import { render } from "../../lib/synth/render";
import { synthesize } from "../../lib/synth/synthesize";
import { production } from "../../template/project/stacks/production";
import { placesOf, replaced, valueAt, type Place } from "../support/leaves";
import { maximal } from "../support/maximal";

const said = (problems: readonly LocatedProblem[]) =>
  new InvalidConfigurationError(problems).message.split("\n").slice(1);
const refusals = (...written: unknown[]) => said(configurationProblems(written as Environment[]));
const withoutStages = { ...production, provenIn: undefined };
const at = (place: Place, value: unknown) => replaced(withoutStages, place, value);

describe("a declaration of another shape is refused in words", () => {
  test.each<[string, Place, unknown, string]>([
    ["no services", ["services"], undefined, "'services' must be a list, got nothing; add it"],
    [
      "text for grants",
      ["services", 0, "access", 0, "grants"],
      "SELECT",
      "'services[0].access[0].grants' must be a list, got a string; write a list",
    ],
    [
      "null for a table",
      ["services", 0, "access", 0, "grants", 0, "tables", 0],
      null,
      "'services[0].access[0].grants[0].tables[0]' must be text, got null; write text",
    ],
    [
      "an unknown kind of workload",
      ["services", 0, "workload", "kind"],
      "deploiment",
      `'services[0].workload.kind' must be one of "deployment", "stateful-set", "daemon-set", "cron-job", "job", "elsewhere", got "deploiment"; write "deployment"`,
    ],
    [
      "an unknown mode of injection",
      ["services", 0, "injection"],
      { mode: "csi" },
      `'services[0].injection.mode' must be one of "native-sidecar", "init-and-sidecar", "init-only", got "csi"; choose one of these`,
    ],
    [
      "an unknown mode of Vault",
      ["vault", "mode"],
      "prod",
      `'vault.mode' must be one of "dev", "ha", "external", got "prod"; choose one of these`,
    ],
    [
      "a PostgreSQL that is out of support",
      ["databases", 0, "postgresVersion"],
      14,
      "'databases[0].postgresVersion' must be one of 15, 16, 17, 18, 19, got 14; upgrade the server, for PostgreSQL 14 has had no fixes since 2026-11-12; until then write 15, whose SQL a server of 14 takes as well",
    ],
    [
      "ALL",
      ["services", 0, "access", 0, "grants", 0, "privileges", 0],
      "ALL",
      `'services[0].access[0].grants[0].privileges[0]' must be one of "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN", got "ALL"; list the privileges that the service uses: ALL grants those too that nobody thought of`,
    ],
    [
      "an unknown file system",
      ["services", 0, "workload", "filesystem"],
      "rw",
      `'services[0].workload.filesystem' must be one of "read-only", "writable", got "rw"; choose one of these`,
    ],
    [
      "an unknown format of credentials",
      ["services", 1, "access", 0, "credentials", "format"],
      "toml",
      `'services[1].access[0].credentials.format' must be one of "json", "env", "properties", "url", "custom", got "toml"; choose one of these`,
    ],
    [
      "an unknown way to namespaces",
      ["cluster", "namespaces"],
      { kind: "make" },
      `'cluster.namespaces.kind' must be one of "create", "existing", got "make"; choose one of these`,
    ],
    [
      "an object for a list of waivers",
      ["waivers"],
      { rule: "a" },
      "'waivers' must be a list, got an object; write a list",
    ],
    [
      "half an hour",
      ["guardrails", "maxTtl"],
      "1.5h",
      /^'guardrails.maxTtl' must be a duration .* got "1.5h"/.source,
    ],
    [
      "a number for a variable",
      ["services", 0, "workload", "env"],
      { RETRIES: 3 },
      "'services[0].workload.env.RETRIES' must be text, got a number; write text",
    ],
  ])("%s", (_, place, value, message) => {
    const [first, ...rest] = refusals(
      valueAt(withoutStages, place.slice(0, -1)) === undefined || place.length === 0
        ? withoutStages
        : withKey(place, value),
    );
    expect(rest).toEqual([]);
    if (message.startsWith("^"))
      expect(first?.replace(/^ *\[production\] /, "")).toMatch(new RegExp(message));
    else expect(first).toBe(`  [production] ${message}`);
  });

  function withKey(place: Place, value: unknown): unknown {
    const key = place.at(-1) as string | number;
    const holder = valueAt(withoutStages, place.slice(0, -1)) as object;
    if (Array.isArray(holder) || value === undefined) return at(place, value);
    return at(place.slice(0, -1), { ...holder, [key]: value });
  }
});

describe("an unknown key is refused, and the known one is named", () => {
  test.each<[Place, string, string]>([
    [[], "servces", "services"],
    [["services", 0], "acess", "access"],
    [["services", 0, "access", 0], "grant", "grants"],
    [["services", 0, "access", 0, "grants", 0], "column", "columns"],
    [["services", 0, "workload"], "replica", "replicas"],
    [["databases", 0], "hosts", "host"],
    [["vault"], "replica", "replicas"],
    [["vault", "terraform"], "adress", "address"],
    [["state"], "bukket", "bucket"],
    [["guardrails"], "maxTTL", "maxTtl"],
  ])("at %j: %s", (place, key, known) => {
    const holder = valueAt(withoutStages, place) as object;
    const [first, ...rest] = refusals(at(place, { ...holder, [key]: ["x"] }));
    expect(rest).toEqual([]);
    expect(first).toContain("must be left out, it is not known: the keys here are ");
    expect(first).toContain(`got a list of 1; write '${known}', or take it out`);
  });

  test("one that is nothing like a known one", () => {
    expect(refusals(at([], { ...withoutStages, zzzzzzzzz: 1 }))[0]).toMatch(/got a number; take it out$/);
  });
});

test.each([[[]], [{}], [null], [undefined], ["production"]])(
  "%j is no list of environments",
  async (written) => {
    const outdir = path.join(os.tmpdir(), "leasehold-no-environments");
    await expect(synthesize(written as unknown as Environment[], outdir)).rejects.toThrow(
      "[stacks] 'environments' must be a list of at least one environment",
    );
    expect(fs.existsSync(outdir)).toBe(false);
  },
);

test("all problems of all environments are told at once", () => {
  const first = at(["services"], undefined);
  const second = { ...production, name: "other", provenIn: undefined, databases: "none", satte: 1 };
  const third = { ...production, name: "third", provenIn: undefined, services: [1] };
  expect(refusals(first, second, third, 7).map((line) => /\[.*?'[^']*'/.exec(line)?.[0])).toEqual([
    "[production] 'services'",
    "[other] 'databases'",
    "[other] 'satte'",
    "[third] 'services[0]'",
    "[environments[3]] ''",
  ]);
});

test("an environment is checked before its first construct", () => {
  const app = new App({ outdir: os.tmpdir() });
  expect(() => defineEnvironment(app, at(["services"], undefined) as Environment)).toThrow(
    InvalidConfigurationError,
  );
  expect(app.node.children).toEqual([]);
});

const circle: Record<string, unknown> = {};
circle["itself"] = circle;
const refusing = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new TypeError("not for you");
    },
  },
);

/** What may stand where something else belongs. */
const STRANGERS: readonly unknown[] = [
  undefined,
  null,
  7,
  Number.NaN,
  "",
  "x".repeat(1_000_000),
  [],
  [null],
  {},
  { kind: "none such" },
  JSON.parse('{"__proto__":{"a":1}}'),
  () => 1,
  Symbol("s"),
  10n,
  circle,
  refusing,
  Object.defineProperty({}, "name", {
    enumerable: true,
    get: () => {
      throw new TypeError("not now");
    },
  }),
];

/** The problems of an environment, or what was thrown. */
function outcome(written: unknown): readonly string[] {
  try {
    return refusals(written);
  } catch (error) {
    throw new Error(`threw ${String(error)}`, { cause: error });
  }
}

/** Places that have been tried in another environment, or at another entry of a list, with objects of the same kind. */
const tried = new Set<string>();

function isNew(environment: unknown, place: Place): boolean {
  const kinds = place.map((_, depth) => {
    const holder = valueAt(environment, place.slice(0, depth)) as Record<string, unknown>;
    return [
      holder["kind"],
      holder["mode"],
      holder["stage"],
      holder["format"],
      holder["columns"] && "columns",
    ].join("/");
  });
  const key = JSON.stringify([place.map((step) => (typeof step === "number" ? 0 : step)), kinds]);
  return tried.size !== tried.add(key).size;
}

describe.each([...maximal, production].map((environment) => [environment.name, environment] as const))(
  "whatever stands anywhere in %s",
  (_, environment) => {
    const alone = { ...environment, provenIn: undefined };
    const places = placesOf(alone).filter((place) => isNew(alone, place));

    test("is taken or refused in words", () => {
      expect(outcome(alone)).toEqual([]);
      const taken: unknown[] = [];
      for (const place of places) {
        for (const stranger of STRANGERS) {
          const changed = replaced(alone, place, stranger);
          const lines = outcome(changed);
          for (const line of lines) expect(line).not.toMatch(/undefined|\[object|TypeError/);
          if (lines.length === 0) taken.push(changed);
        }
        const holder = valueAt(alone, place);
        if (typeof holder !== "object" || holder === null || Array.isArray(holder)) continue;
        const more = outcome(replaced(alone, place, { ...holder, noSuchKey: 1 }));
        if (!isRecord(place)) expect(more.join("\n")).toContain("noSuchKey' must be left out");
      }
      const step = Math.max(1, Math.floor(taken.length / 5));
      taken.filter((__, index) => index % step === 0).forEach(renderAside);
    }, 300_000);
  },
);

/** Objects whose keys an operator chooses. */
function isRecord(place: Place): boolean {
  const records = [
    "env",
    "variables",
    "serviceAccountAnnotations",
    "labels",
    "annotations",
    "nodeSelector",
    "ports",
  ];
  return records.includes(String(place.at(-1)));
}

/** What is taken also renders; what a construct alone finds is refused in words. */
function renderAside(environment: unknown): void {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-shape-"));
  try {
    render([environment as Environment], directory);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidConfigurationError);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}
