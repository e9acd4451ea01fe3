import * as fc from "fast-check";
import { readDatabaseUrl } from "../../proof/core";

const pg = { host: "pg.acme.internal", port: "5432" };

test.each([
  [
    "postgresql://{{username}}:{{password}}@pg.acme.internal:5432/shop?sslmode=verify-full",
    { user: undefined, servers: [pg], database: "shop", sslMode: "verify-full" },
  ],
  [
    "postgres://vault@PG.acme.internal.,[::1]:5433/my%20shop",
    { user: "vault", servers: [pg, { host: "localhost", port: "5433" }], database: "my shop" },
  ],
  [
    "host=pg.acme.internal dbname=shop sslmode=require",
    { servers: [pg], database: "shop", sslMode: "require" },
  ],
  ["postgres:///?host=pg.acme.internal&port=5432&dbname=shop", { servers: [pg], database: "shop" }],
  ["postgres://pg.acme.internal/%zz", { servers: [pg], database: "%zz" }],
  ["${var.url}", { servers: [], database: undefined }],
])("%s", (text, expected) => {
  expect(readDatabaseUrl(text)).toMatchObject(expected);
});

test("any host, port and name come out as they went in", () => {
  const host = fc.stringMatching(/^[a-z]{2,9}(\.[a-z]{2,9}){1,2}$/);
  fc.assert(
    fc.property(
      host,
      fc.integer({ min: 1, max: 65_535 }),
      fc.string({ minLength: 1 }),
      (name, port, database) => {
        const url = `postgresql://{{username}}:{{password}}@${name}:${port}/${encodeURIComponent(database)}`;
        const read = readDatabaseUrl(url);
        expect(read.servers).toEqual([{ host: name, port: String(port) }]);
        expect(read.database).toBe(database);
      },
    ),
  );
});
