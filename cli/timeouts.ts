/** How long a database may take to answer, in milliseconds: to connect, and for the largest of our questions. */
export const TIMEOUTS = { connectionTimeoutMillis: 10_000, query_timeout: 120_000 } as const;
