import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Literals, type Part } from "../../cli/literals/literals";

let project: string;
beforeEach(() => void (project = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-literals-"))));
afterEach(() => fs.rmSync(project, { recursive: true }));

/** Where a part of an environment is in files of `stacks/`, as `file:line`. */
function place(
  files: Readonly<Record<string, string>>,
  environment: string,
  part?: Part,
): string | undefined {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(project, "stacks", name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  const found = new Literals(project).place(environment, part);
  return found && `${path.relative(path.join(project, "stacks"), found.file)}:${found.line}`;
}

const orders: Part = { property: "services", keys: { name: "orders" } };
const shop: Part = { property: "databases", keys: { name: "shop" } };
const index = `import { production } from "./production";
import { staging } from "./staging";
export const environments: readonly Environment[] = [staging, production];`;
const staging = `export const staging = { name: "staging", services: [
  { name: "orders" }] };`;
const inline = `import { strict, type Environment } from "leasehold";
export const production: Environment = {
  name: "production",
  vault: { mode: "ha" },
  databases: [{ name: "shop" }],
  services: [
    {
      namespace: "orders",
      name: "orders",
      access: [{ database: "shop", credentials: { name: "orders" } }],
    },
    { name: "billing" },
  ],
  waivers: [
    { rule: "vault/few-replicas", resource: "production/orders", reason: "one" },
    { rule: "ttl/beyond-guardrail", resource: "production/orders", reason: "two" },
  ],
};`;

test("a literal that stands in its environment, though another environment has one of that name", () => {
  const files = { "index.ts": index, "staging.ts": staging, "production.ts": inline };
  expect(place(files, "production", orders)).toBe("production.ts:9");
  expect(place(files, "staging", orders)).toBe("staging.ts:2");
  expect(place(files, "production", shop)).toBe("production.ts:5");
  expect(place(files, "production", { property: "vault" })).toBe("production.ts:4");
  expect(place(files, "production")).toBe("production.ts:3");
  expect(place(files, "elsewhere")).toBeUndefined();
  const keys = { resource: "production/orders", rule: "ttl/beyond-guardrail" };
  expect(place(files, "production", { property: "waivers", keys })).toBe("production.ts:16");
});

test.each([
  [
    "a list that is spread",
    "[{ name: 'billing' }, ...shared]",
    "export const shared = [\n{ name: 'orders' }];",
  ],
  ["a list that is imported", "shared", "export const shared = [\n{ name: 'orders' }] as const;"],
  ["a renamed export", "shared", "const all = [\n{ name: 'orders' }];\nexport { all as shared };"],
  [
    "a map over a list",
    "shared.map((each) => ({ ...each, replicas: 3 }))",
    "export const shared = [\n{ name: 'orders' }, { name: 'billing' }];",
  ],
  [
    "a function, and arguments",
    "[shared('a'), service({ name: 'billing' })]",
    "export function shared(tag: string) {\n  const base = { namespace: 'shop' };\n  return { ...base, name: 'orders', tag };\n}",
    3,
  ],
  [
    "an arrow function",
    "[shared(6)]",
    "export const shared = (replicas: number): Service => ({\n  name: 'orders', replicas });",
  ],
  [
    "a record of services",
    "[{ ...shared.orders, replicas: 2 }, shared.billing]",
    "export const shared = {\n  orders: { name: 'orders' }, billing: { name: 'billing' } };",
  ],
  [
    "a service that is another one but for its name",
    "[shared, { ...shared, name: 'orders-eu' }]",
    "export const shared = {\n  name: 'orders' };",
  ],
  ["a constant as the name", "[shared]", "const ORDERS = 'orders';\nexport const shared = { name: ORDERS };"],
])("through %s", (_, services, shared, line = 2) => {
  const files = {
    "index.ts": `import { production } from "./production";\nexport const environments = [production];`,
    "production.ts": `import { shared } from "./services/index";\nexport const production = { name: "production", services: ${services} };`,
    "services/index.ts": `export * from "./shared";`,
    "services/shared.ts": shared,
  };
  expect(place(files, "production", orders)).toBe(`services/shared.ts:${line}`);
});

test("through a module, a default export, JSON and an environment that is another one but for some of it", () => {
  const files = {
    "index.ts": `import * as all from "./all"; import staging from "./staging";
export const environments = [all.production, staging];`,
    "all.ts": `import staging from "./staging"; import databases from "./databases.json";
export const production = { ...staging,
  name: "production", databases };`,
    "staging.ts": `const services = [
  { name: "orders" }];
export default { name: "staging", services } satisfies Environment;`,
    "databases.json": `[\n{ "name": "shop" }]`,
  };
  fs.writeFileSync(
    path.join(project, "tsconfig.json"),
    `{ "compilerOptions": { "module": "node16", "moduleResolution": "node16", "resolveJsonModule": true } }`,
  );
  expect(place(files, "production")).toBe("all.ts:3");
  expect(place(files, "production", orders)).toBe("staging.ts:2");
  expect(place(files, "staging", orders)).toBe("staging.ts:2");
  expect(place(files, "production", shop)).toBe("databases.json:2");
});

test("through a function that makes each environment", () => {
  const files = {
    "index.ts": `const environment = (name: string, replicas: number) => ({
  name, services: [
    { name: "orders", replicas }] });
export const environments = [environment("staging", 1), environment("production", 3)];`,
  };
  expect(place(files, "production", orders)).toBe("index.ts:3");
  expect(place(files, "production")).toBeUndefined();
});

test.each([
  ["a name that is computed", "[{ name: `${prefix}orders` }]"],
  ["names in a list", '["orders"].map((name) => ({ name }))'],
  ["two that may be meant", '[large ? { name: "orders", replicas: 6 } : { name: "orders", replicas: 1 }]'],
  ["a list of a package", "require('services')"],
  ["a list that is read", "JSON.parse(readFileSync('services.json'))"],
  ["a list that is itself", "services"],
])("nothing is said of %s", (_, services) => {
  const text = `const services = ${services};\nexport const environments = [{ name: "production", services }];`;
  expect(place({ "index.ts": text }, "production", orders)).toBeUndefined();
  expect(place({ "index.ts": text }, "production")).toBe("index.ts:2");
});

test("nothing is said where there are no such files, or they are no TypeScript", () => {
  expect(place({}, "production")).toBeUndefined();
  expect(place({ "index.ts": "export const environments = [{ name:" }, "production")).toBeUndefined();
});
