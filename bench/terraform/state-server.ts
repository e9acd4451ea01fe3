import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Teardown } from "../../e2e/support/teardown";

/**
 * Keeps states in memory, by Terraform's HTTP protocol with the paths that an environment renders. States of many services
 * stand in a bucket or behind such a server; into a file Terraform writes all of them again after each resource.
 */
export class StateServer {
  private readonly states = new Map<string, Buffer>();
  private readonly locks = new Map<string, Buffer>();

  private constructor(readonly address: string) {}

  static async start(teardown: Teardown): Promise<StateServer> {
    const server = http.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    teardown.add("server of the states", () => server.close());
    const states = new StateServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (request, response) => void states.answer(request, response));
    return states;
  }

  /** Bytes of a stack's state. */
  sizeOf(stack: string): number {
    return this.states.get(`/${stack}`)?.length ?? 0;
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method, url = "" } = request;
    const body = await buffer(request);
    const held = this.locks.get(url);
    switch (`${method} ${url.endsWith("/lock") ? "lock" : "state"}`) {
      case "POST lock":
        if (held === undefined) this.locks.set(url, body);
        return void response.writeHead(held === undefined ? 200 : 423).end(held);
      case "DELETE lock":
        this.locks.delete(url);
        return void response.end();
      case "GET state": {
        const state = this.states.get(url);
        return void response.writeHead(state === undefined ? 404 : 200).end(state);
      }
      case "POST state":
        // The lock's ID is a parameter.
        this.states.set(url.split("?")[0] ?? url, body);
        return void response.end();
      default:
        return void response.writeHead(405).end();
    }
  }
}
