const http = require("node:http");

/** The service's HTTP side; it knows nothing of credentials, and takes any pool with pg's `query`. */
function createServer(pool, health) {
  return http.createServer((request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    route(pool, health, request)
      .then(({ status, body }) => answer(status, body))
      .catch((error) => {
        console.error(error.message);
        answer(500, { error: "the database does not answer" });
      });
  });
}

async function route(pool, health, { method, url }) {
  const { pathname } = new URL(url, "http://localhost");
  const order = /^\/orders\/(\d+)$/.exec(pathname);
  if (method === "GET" && order) {
    const { rows } = await pool.query("SELECT id, customer_id, total FROM orders WHERE id = $1", [order[1]]);
    return rows.length > 0
      ? { status: 200, body: rows[0] }
      : { status: 404, body: { error: "no such order" } };
  }
  const customer = /^\/customers\/(\d+)\/orders$/.exec(pathname);
  if (method === "POST" && customer) {
    const { rows } = await pool.query("INSERT INTO orders (customer_id, total) VALUES ($1, 0) RETURNING id", [
      customer[1],
    ]);
    return { status: 201, body: rows[0] };
  }
  if (pathname === "/ready" || pathname === "/live") {
    const state = await health(pathname.slice(1));
    return { status: state.ok ? 200 : 503, body: state };
  }
  return { status: 404, body: { error: "no such path" } };
}

module.exports = { createServer };
