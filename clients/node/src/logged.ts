import type { Hooks } from "./rotation";
import { safely } from "./safely";

/** Whoever writes log lines as pino does: fields first, and the words after them. */
export interface Logger {
  info(fields: object, text: string): unknown;
  warn(fields: object, text: string): unknown;
}

/** The hooks of an application, with a log line before each. */
export function logged(hooks: Hooks, logger: Logger | undefined, database: string): Hooks {
  if (logger === undefined) return hooks;
  const line = (level: keyof Logger, fields: object, text: string): void =>
    safely("the logger", () => logger[level]({ database, ...fields }, text));
  return {
    onRotation: (rotation) => {
      line("info", { ...rotation }, "new credentials are in use");
      return hooks.onRotation?.(rotation);
    },
    onOverstay: (overstay) => {
      line("warn", { ...overstay }, "connections of a user that will soon be dropped are still in use");
      return hooks.onOverstay?.(overstay);
    },
    onCredentialsError: (error) => {
      // Nothing of the file's content is in it.
      line("warn", { reason: error.reason }, error.message);
      return hooks.onCredentialsError?.(error);
    },
  };
}
