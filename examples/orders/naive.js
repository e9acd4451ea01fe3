/**
 * What articles about Vault and Node show, for comparison; `bench:rotation` measures both.
 *
 * `reread`: a pool that is made anew once a minute. Between the rotation and the next minute it opens
 * connections of a user that may be gone, and what runs on the old pool is cut off when that ends.
 * `connectEach`: a connection per query. It never fails, and costs a login each time.
 */
const fs = require("node:fs");
const pg = require("pg");
const { createServer } = require("./server");

const settings = () => {
  const { username, password } = JSON.parse(
    fs.readFileSync(process.env.LEASEHOLD_SHOP_CREDENTIALS_FILE, "utf8"),
  );
  return {
    host: process.env.LEASEHOLD_SHOP_HOST,
    port: Number(process.env.LEASEHOLD_SHOP_PORT),
    database: process.env.LEASEHOLD_SHOP_DATABASE,
    user: username,
    password,
  };
};

function reread() {
  let pool = new pg.Pool(settings());
  setInterval(() => {
    const old = pool;
    pool = new pg.Pool(settings());
    void old.end();
  }, 60_000).unref();
  return { query: (...args) => pool.query(...args) };
}

const connectEach = {
  async query(...args) {
    const client = new pg.Client(settings());
    await client.connect();
    try {
      return await client.query(...args);
    } finally {
      await client.end();
    }
  },
};

const pool = process.argv[2] === "connect-each" ? connectEach : reread();
const health = async () => pool.query("SELECT 1").then(() => ({ ok: true }));
createServer(pool, health).listen(Number(process.env.PORT ?? 8080));
