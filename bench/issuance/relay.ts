/** Stands between Vault and PostgreSQL and lets each way take as long as a network would: PORT TARGET MILLISECONDS. */
import net from "node:net";

const [port = NaN, target = NaN, milliseconds = NaN] = process.argv.slice(2).map(Number);

/** In their order, each so long after it came. */
function later(from: net.Socket, to: net.Socket): void {
  from.on("data", (chunk) => setTimeout(() => to.write(chunk), milliseconds));
  from.on("close", () => setTimeout(() => to.destroy(), milliseconds));
  from.on("error", () => to.destroy());
}

net
  .createServer({ noDelay: true }, (client) => {
    const server = net.connect({ port: target, host: "127.0.0.1", noDelay: true });
    later(client, server);
    later(server, client);
  })
  .listen(port, "127.0.0.1", () => process.send?.("ready"));
