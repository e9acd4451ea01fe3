import { AgentFile, contractOf } from "./support";
import { ContractError, databaseContract, readCredentials } from "../src";
import type { Database } from "../../../stacks/environment";
import { production } from "../../../stacks/production";
import { withDefaults } from "../../../stacks/derive";
import type { ServiceDatabase } from "../../../lib/service";
import { credentialsTemplate } from "../../../lib/service/credentials-file";

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
  (format) => {
    const agent = new AgentFile();
    agent.replace(rendered(credentialsTemplate("database/creds/orders-shop", { format }, database)));
    expect(readCredentials(agent.file, format, undefined)).toEqual({
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
