import { block, list, optional, text, textLike, whole, type Keys, type Shape } from "../shape";

export const port: Shape = whole(1, 65_535);

export const portName: Shape = textLike(
  /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/,
  "be the name of a port",
);

/** One question of several kinds: Kubernetes refuses a probe that asks none, or two. */
function handlers(keys: Keys): Shape {
  return block({
    exec: optional(block({ command: list(text) })),
    http_get: optional(block({ path: textLike(/^\//, "begin with a slash"), port })),
    tcp_socket: optional(block({ port })),
    ...keys,
  }).superRefine((probe, context) => {
    const asked = ["exec", "http_get", "tcp_socket"].filter((kind) => (probe as Keys)[kind] !== undefined);
    if (asked.length !== 1)
      context.addIssue({ code: "custom", message: "must ask one question: exec, http_get or tcp_socket" });
  });
}

/** Asked as long as the container lives: what has become wrong is seen within minutes. */
export const continuousProbe: Shape = handlers({
  period_seconds: whole(1, 60),
  failure_threshold: whole(1, 10),
  timeout_seconds: whole(1, 30),
  initial_delay_seconds: optional(whole(1, 600)),
});

/** Asked until the first yes. How long in all, the proof of the pod says. */
export const startupProbe: Shape = handlers({
  period_seconds: whole(1, 60),
  failure_threshold: whole(1, 600),
  timeout_seconds: optional(whole(1, 30)),
  initial_delay_seconds: optional(whole(1, 600)),
});
