/** How a worker asks each library of the page; text of JavaScript, which stands behind what the page shows. */
export interface Ask {
  /** An expression: a promise of the current user, or of nothing where the library hides it. */
  readonly user: string;
  /** What it needs before. */
  readonly before?: string;
  /** What is to be counted when the run is over. */
  readonly done?: string;
  /** The schema that somebody else makes. */
  readonly schema?: "pgboss" | "graphile_worker";
}

const USER = "SELECT current_user AS name";

export const ASKS: Readonly<Record<string, Ask>> = {
  Kysely: {
    user: `(await (await import("kysely")).sql\`${USER}\`.execute(db)).rows[0].name`,
  },
  Drizzle: { user: `(await db.execute("${USER}")).rows[0].name` },
  TypeORM: { user: `(await db.query("${USER}"))[0].name` },
  MikroORM: { user: `(await orm.em.getConnection().execute("${USER}"))[0].name` },
  Knex: { user: `(await db.raw("${USER}")).rows[0].name` },
  Sequelize: { user: `(await db.query("${USER}"))[0][0].name` },
  Prisma: {
    user: `(await (await (connected ??= adapter.connect())).queryRaw({ sql: "${USER}", args: [], argTypes: [] })).rows[0][0]`,
    before: "let connected;",
  },
  Slonik: { user: `(await db.oneFirst(sql.unsafe\`${USER}\`))` },
  "pg-boss": { user: `void (await boss.send("numbers", {}))`, schema: "pgboss" },
  "graphile-worker": {
    user: `void (await runner.addJob("count", {}))`,
    done: "done",
    schema: "graphile_worker",
  },
};
