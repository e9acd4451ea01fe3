import { errorMessage } from "./wait";

/** Undoes what was done, in reverse order, each step once and whatever the others do. */
export class Teardown {
  private readonly steps: { readonly what: string; readonly undo: () => unknown }[] = [];
  private running: Promise<string[]> | undefined;

  add(what: string, undo: () => unknown): void {
    this.steps.push({ what, undo });
  }

  /** Returns what could not be undone. A second call waits for the first. */
  run(): Promise<string[]> {
    this.running ??= this.undoAll();
    return this.running;
  }

  private async undoAll(): Promise<string[]> {
    const failures: string[] = [];
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        failures.push(`${step.what}: ${errorMessage(error)}`);
      }
    }
    return failures;
  }
}
