import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { withDefaults } from "../../../lib/environment/derive";
import type { Database } from "../../../lib/environment/environment";
import type { ServiceDatabase } from "../../../lib/service";
import { credentialsTemplate } from "../../../lib/service/declaration/credentials-file";
import { production } from "../../../stacks/production";
import { ContractError, databaseContract, readCredentials } from "../src";
import { AgentFile, contractOf } from "./support";

const [shop] = production.databases;
const database = {
  ...withDefaults(shop as Database),
  caFile: "/etc/leasehold/shop-ca.crt",
} as ServiceDatabase;

/** What the agent makes of a template for one credential. */
function rendered(template: string): string {
  return template
    .replace(/\{\{- (with|end)[^}]*-?\}\}\n?/g, "")
    .replace(/\{\{ \.Data\.(\w+)(?: \| (toJSON|urlquery))? \}\}/g, (_, field: string, json?: string) => {
      const value = field === "username" ? "v-orders-1" : "A1a-x9";
      return json === "toJSON" ? JSON.stringify(value) : value;
    })
    .replace("{{ .LeaseDuration }}", "3600");
}

test.each(["json", "env", "properties", "url"] as const)(
  "the format %s as leasehold's template writes it",
  async (format) => {
    const agent = new AgentFile();
    agent.replace(rendered(credentialsTemplate("database/creds/orders-shop", { format }, database)));
    expect(await readCredentials(agent.file, format, undefined)).toEqual({
      user: "v-orders-1",
      password: "A1a-x9",
    });
    agent.remove();
  },
);

test("the document and the variables say the same", () => {
  const contract = contractOf({ port: 5432 }, "/vault/secrets/shop.json");
  const variables = {
    LEASEHOLD_SHOP_CREDENTIALS_FILE: "/vault/secrets/shop.json",
    LEASEHOLD_SHOP_FORMAT: "json",
    LEASEHOLD_SHOP_HOST: "127.0.0.1",
    LEASEHOLD_SHOP_PORT: "5432",
    LEASEHOLD_SHOP_DATABASE: "postgres",
    LEASEHOLD_SHOP_SCHEMA: "public",
    LEASEHOLD_SHOP_SSL_MODE: "disable",
    LEASEHOLD_SHOP_POOL_MAX: "5",
    LEASEHOLD_SHOP_POOL_MAX_LIFETIME: "60",
    LEASEHOLD_SHOP_OVERLAP: "2",
    LEASEHOLD_DRAIN: "2",
  };
  expect(databaseContract(undefined, variables).database).toEqual(
    databaseContract("shop", {}, contract).database,
  );
});

test("everything that is wrong with a contract is told at once", () => {
  expect(() =>
    databaseContract(undefined, { LEASEHOLD_SHOP_CREDENTIALS_FILE: "/f", LEASEHOLD_SHOP_FORMAT: "xml" }),
  ).toThrow(ContractError);
  const message = (act: () => unknown) => {
    try {
      act();
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message(() => databaseContract(undefined, {}))).toContain(
    "there is neither a file that LEASEHOLD_CONTRACT names",
  );
  expect(message(() => databaseContract("other", {}, contractOf({ port: 1 }, "/f")))).toContain(
    'there is no database "other"; known: shop',
  );
});

test.each([
  [null, "the contract must be an object, got null"],
  [[], "the contract must be an object, got []"],
  [{ version: 1 }, "'databases' of the contract must be an object, got nothing"],
  [{ version: 1, databases: null }, "'databases' of the contract must be an object, got null"],
  [{ version: 1, databases: {} }, "it has 0 databases (none); name one as 'contractDatabase'"],
  [{ version: 1, databases: { shop: null } }, "'databases.shop' must be an object, got null"],
  [{ version: 2, databases: {} }, "the contract has version 2; this client reads version 1"],
  [
    { version: 1, drainSeconds: "soon", databases: {} },
    "'drainSeconds' of the contract must be a number of 0 or more, got \"soon\"",
  ],
])("a contract that is none is told to be so: %j", (document, message) => {
  expect(() => databaseContract(undefined, {}, document as never)).toThrow(ContractError);
  expect(() => databaseContract(undefined, {}, document as never)).toThrow(message);
  const file = new AgentFile();
  file.replace(JSON.stringify(document));
  const said = message.replace("the contract", file.file);
  expect(() => databaseContract(undefined, { LEASEHOLD_CONTRACT: file.file })).toThrow(said);
  file.remove();
});

test("what is no file of credentials is neither waited for nor read as a whole", async () => {
  const agent = new AgentFile();
  execFileSync("mkfifo", [agent.file]);
  await expect(readCredentials(agent.file, "json", undefined)).rejects.toThrow(
    `${agent.file} is unreadable: it is a pipe, a socket or a device, and no regular file`,
  );
  fs.rmSync(agent.file);
  fs.writeFileSync(agent.file, "");
  fs.truncateSync(agent.file, 100 * 1024 * 1024);
  await expect(readCredentials(agent.file, "json", undefined)).rejects.toThrow(
    `${agent.file} is malformed: it has 104857600 bytes, more than the 1048576 that are read`,
  );
  agent.remove();
});

test.each([
  ["nothing", () => undefined],
  ["a promise of nothing", () => Promise.resolve(undefined)],
  ["an exception", () => fail("canary-8Jx2vQ")],
  ["a rejection", () => Promise.reject(new Error("canary-8Jx2vQ"))],
])("a parser that gives %s", async (_, parse) => {
  const agent = new AgentFile();
  agent.replace("canary-8Jx2vQ");
  const error = await readCredentials(agent.file, "custom", parse as never).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "CredentialsError", reason: "malformed" });
  expect((error as Error).message).not.toContain("canary");
  agent.remove();
});

function fail(message: string): never {
  throw new Error(message);
}
