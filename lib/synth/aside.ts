import fs from "node:fs";
import path from "node:path";
import { cleaningUp } from "./interruption";
import { hasEnded, thisProcess } from "./owner";

/**
 * Gives some work a folder of its own, which is gone afterwards. Its name says whose it is: what a process
 * left that was killed, the next one removes.
 *
 * @param prefix path that the folder's name begins with
 * @param discard what is done with a folder before it is removed
 */
export async function aside<T>(
  prefix: string,
  use: (directory: string) => Promise<T>,
  discard: (directory: string) => void = () => {},
): Promise<T> {
  const remove = (directory: string) => {
    discard(directory);
    fs.rmSync(directory, { recursive: true, force: true });
  };
  abandoned(prefix).forEach(remove);
  const directory = fs.mkdtempSync(`${prefix}${thisProcess()}-`);
  return cleaningUp(
    () => remove(directory),
    () => use(directory),
  );
}

/** The folders of this kind whose processes have ended. */
function abandoned(prefix: string): string[] {
  const [parent, start] = [path.dirname(prefix), path.basename(prefix)];
  return fs
    .readdirSync(parent)
    .filter((name) => name.startsWith(start))
    .filter((name) => {
      const [, owner] = /^(.+)-\w{6}$/.exec(name.slice(start.length)) ?? [];
      return owner !== undefined && hasEnded(owner);
    })
    .map((name) => path.join(parent, name));
}
