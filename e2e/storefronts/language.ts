import type { ImageOptions } from "../images/archive";

/** The orders of examples/ in one language, as a Deployment of the bench. */
export interface Language {
  /** As the page of the examples has it. */
  readonly name: string;
  /** Of the environment under test. */
  readonly service: string;
  readonly replicas: number;
  readonly image: string;
  /** Where its program is not all that the image starts. */
  readonly args?: readonly string[];
  /** Builds what the image is made of, below a directory of the bench's own; or says what this machine lacks for it. */
  build(directory: string): Promise<Missing | undefined>;
  /** The image of what was built. */
  assemble(directory: string): ImageOptions;
}

export interface Missing {
  /** What it is, and where to get it. */
  readonly missing: string;
}
