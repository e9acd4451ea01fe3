import type { BindMount } from "../sandbox/root-filesystem";

/** What an image stands for on this machine. */
export interface LocalImage {
  /** What the names of the images start with. */
  readonly prefix: string;
  /** Programs and directories that the image would bring, beside BusyBox. */
  readonly mounts: readonly BindMount[];
  /** What runs where the container names no command. */
  readonly entrypoint: readonly string[];
}

/** The local images that a scenario runs its pods from. */
export class Images {
  constructor(private readonly images: readonly LocalImage[]) {}

  find(name: string): LocalImage {
    const image = this.images.find(({ prefix }) => name.startsWith(prefix));
    if (!image) throw new Error(`no local image stands for ${name}`);
    return image;
  }
}
