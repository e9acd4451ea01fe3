import type { IncomingMessage, ServerResponse } from "node:http";
import { prometheusText } from "./metrics";
import type { Health, Pool } from "./pool";

/** What is asked of a pool. */
export type Asked = Pick<Pool, "ready" | "live" | "metrics">;

/** A handler of `node:http`, and so of Express and whatever else is built on it. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What answers a kubelet and Prometheus. */
export interface Handlers {
  /** 200 where each pool's database answers, else 503 with the reasons. */
  readonly ready: Handler;
  /** 200 unless a pool has ended. */
  readonly live: Handler;
  /** The metrics of all pools in Prometheus' text format. */
  readonly metrics: Handler;
}

/** Handlers for the probes and the metrics of a process's pools. */
export function handlers(...pools: readonly Asked[]): Handlers {
  return {
    ready: (_, response) =>
      void Promise.all(pools.map((pool) => pool.ready())).then((answers) => answer(response, answers)),
    live: (_, response) =>
      answer(
        response,
        pools.map((pool) => pool.live()),
      ),
    metrics: (_, response) => {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      response.end(prometheusText(...pools));
    },
  };
}

function answer(response: ServerResponse, answers: readonly Health[]): void {
  const reasons = answers.flatMap((each) => (each.ok ? [] : [each.reason]));
  const ok = reasons.length === 0;
  response.writeHead(ok ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify(ok ? { ok } : { ok, reason: reasons.join("; ") }));
}
