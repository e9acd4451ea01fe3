import { Client } from "pg";
import type { Bench } from "../bench";
import { SHOP } from "../schema";

/** Of a database user, as Vault gives them and as a file of JSON has them. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Logs in to the shop's database with them, and out. */
export async function logInToShop({ postgres }: Bench, { username, password }: Credentials): Promise<void> {
  const { host, port } = postgres;
  const client = new Client({ host, port, database: SHOP, user: username, password, ssl: postgres.tls() });
  await client.connect();
  await client.end();
}
