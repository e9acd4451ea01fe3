import { psql } from "../doctor/psql";
import { SHOP } from "../schema";
import type { NodesBench } from "./bench";
import { runInTerminal, type Answer } from "./terminal";

const PROMPT = "=#";

/** Types a command of a runbook at the prompt of psql, as the superuser, and answers what it asks. */
export async function typeInPsql(
  { cluster, postgres }: NodesBench,
  command: string,
  answers: readonly Answer[],
): Promise<void> {
  const program = psql();
  if (program === undefined) throw new Error("there is no psql");
  const { user, password, host, port } = postgres.superuser(SHOP);
  const env = {
    PATH: process.env.PATH,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: String(password),
    PGDATABASE: SHOP,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: cluster.authority.certificateFile,
    PSQL_HISTORY: "/dev/null",
  };
  await runInTerminal(program, env, [
    { prompt: PROMPT, text: command },
    ...answers,
    { prompt: PROMPT, text: "\\q" },
  ]);
}
