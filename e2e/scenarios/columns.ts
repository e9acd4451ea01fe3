import type { Bench } from "../bench";
import type { Columns } from "./privileges";

/** The columns of every table and view that a service could be granted. */
export async function tableColumns({ postgres }: Bench, database: string): Promise<Columns> {
  const rows = await postgres.query<{ table: string; columns: string[] }>(
    `SELECT table_name AS table, array_agg(column_name::text) AS columns FROM information_schema.columns
     WHERE table_schema = 'public' GROUP BY 1`,
    { database },
  );
  return Object.fromEntries(rows.map(({ table, columns }) => [table, columns]));
}
