import type { LocalImage } from "../pod-runner/images";

/** The orders of examples/ in one language, as a Deployment of the bench. */
export interface Language {
  /** As the page of the examples has it. */
  readonly name: string;
  /** Of the environment under test. */
  readonly service: string;
  readonly replicas: number;
  readonly image: string;
  readonly args: readonly string[];
  /** What stands for the image, made below a directory of the bench's own; or what this machine lacks for it. */
  make(directory: string): Promise<LocalImage | Missing>;
}

export interface Missing {
  /** What it is, and where to get it. */
  readonly missing: string;
}

/** Without a network namespace a pod listens on an address of its own. */
export const LISTENING = ["/bin/sh", "-c", 'HOST=$POD_RUNNER_IP exec "$@"', "sh"];
