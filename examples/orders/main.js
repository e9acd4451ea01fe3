const { Pool } = require("@leasehold/pg");
const { createServer } = require("./server");

// All of it comes from the contract; SIGTERM is ours, because requests end before the pool does.
const pool = new Pool({
  shutdown: "manual",
  onRotation: ({ generation }) => console.log(`database user ${generation} is in use`),
  onOverstay: ({ connections }) =>
    console.warn(`${connections} connections of the old user are still in use`),
  onCredentialsError: (error) => console.error(error.message),
});
pool.on("error", (error) => console.error(error.message));

const server = createServer(pool, async (probe) => (probe === "ready" ? pool.ready() : pool.live()));
server.listen({ port: Number(process.env.PORT ?? 8080), host: process.env.HOST });

// The Service sends customers here until every node has heard that this pod ends: they are still answered, for a third of the drain.
const LAST_CUSTOMERS_MS = (Number(process.env.LEASEHOLD_DRAIN ?? 20) * 1000) / 3;

process.once("SIGTERM", () => setTimeout(close, LAST_CUSTOMERS_MS));

function close() {
  server.close(() => void pool.drain().then(() => process.exit(0)));
  server.closeIdleConnections();
}
