/** A line that says what is being waited for. */
export interface Progress {
  /** Does it, and says how long it took, or that it failed. */
  step<T>(what: string, action: (say: (detail: string) => void) => Promise<T>): Promise<T>;
}

/** In a terminal a line that moves, elsewhere a line for each beginning and end. */
export async function progressLine(): Promise<Progress> {
  const { default: ora } = await import("ora");
  return {
    async step(what, action) {
      const spinner = ora(what).start();
      const startedAt = Date.now();
      const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
      let detail = "";
      const tick = setInterval(
        () => (spinner.text = [what, seconds(), detail].filter(Boolean).join(", ")),
        1_000,
      );
      try {
        const result = await action((text) => (detail = text));
        spinner.succeed(`${what} (${seconds()})`);
        return result;
      } catch (error) {
        spinner.fail(`${what} (${seconds()})`);
        throw error;
      } finally {
        clearInterval(tick);
      }
    },
  };
}
