import fs from "node:fs";
import path from "node:path";

const LIBRARIES = "/usr/lib";

/** The library that has a program believe another time; nothing where there is none. */
export function faketime(): string | undefined {
  return fs
    .readdirSync(LIBRARIES)
    .map((architecture) => path.join(LIBRARIES, architecture, "faketime/libfaketime.so.1"))
    .find((file) => fs.existsSync(file));
}
