import type { Connections, Hooks } from "./rotation";
import { safely } from "./safely";

/** When the overlap is nearly over: the rest is for whoever wants to do something about it. */
const OVERSTAY_SHARE = 0.8;

/** Tells of connections of an old user that are still in use near the end of its overlap. */
export class Overstays {
  /** How many there were. */
  count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly overlapSeconds: number,
    private readonly told: Hooks["onOverstay"],
  ) {}

  /** @param generation the how manieth credentials are the newest from now on */
  watch(generation: number): void {
    this.stop();
    this.#timer = setTimeout(
      () => this.#report(generation),
      this.overlapSeconds * OVERSTAY_SHARE * 1000,
    ).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #report(generation: number): void {
    const late = this.connections.busyBefore(generation);
    if (late.length === 0) return;
    this.count += late.length;
    safely("onOverstay", this.told, {
      generations: [...new Set(late.map((each) => each.generation))].sort(),
      connections: late.length,
      secondsLeft: this.overlapSeconds * (1 - OVERSTAY_SHARE),
    });
  }
}
