import fs from "node:fs";
import path from "node:path";
import { configurationProblems } from "../../lib/environment/problems";
import type { Environment } from "../../lib/environment/environment";
import { CHART } from "../../lib/vault/vault-server";
import { environmentWith } from "../support/environment";
import { tablesOf } from "../support/pages";

const CHECKOUT = path.resolve(__dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(CHECKOUT, file), "utf8");
const [claims, servers] = tablesOf("docs/versions.md");

const PINNED = new Map(
  [...read(".ci/postgres").matchAll(/\[(\d+)\]=(\d+\.\d+)\.0-/g)].map(([, major, version]) => [
    major,
    version,
  ]),
);

test("the table of servers has a column for each version that a declaration may name, and what is pinned of it", () => {
  const [, ...majors] = servers?.head ?? [];
  const [shop] = environmentWith({}).databases;
  const isTaken = (postgresVersion: number) =>
    configurationProblems([
      environmentWith({ databases: [{ ...shop, postgresVersion } as Environment["databases"][number]] }),
    ]).length === 0;
  expect(majors.map(Number)).toEqual([14, 15, 16, 17, 18, 19, 20].filter(isTaken));
  const [, ...ran] = servers?.rows[0] ?? [];
  expect(ran.slice(0, -1)).toEqual(majors.slice(0, -1).map((major) => PINNED.get(major)));
  expect(ran.at(-1)).toMatch(/^none/);
});

test("the table of claims has the versions that are pinned here", () => {
  const text = (claims?.rows ?? []).map((row) => row.join(" | ")).join("\n");
  const { dependencies, peerDependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
    string,
    Record<string, string>
  >;
  const pinned = { ...peerDependencies, ...devDependencies, ...dependencies };
  expect(text).toContain(`PGlite ${pinned["@electric-sql/pglite"]}`);
  expect(text).toContain(`cdktf ${pinned["cdktf"]}`);
  expect(text).toContain(`the chart ${CHART.version} `);
  for (const version of PINNED.values()) expect(text).toContain(version);
});
