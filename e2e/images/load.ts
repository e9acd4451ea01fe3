import fs from "node:fs";
import { runOrThrow } from "../support/run";

/** Each archive by the command that puts one, $ARCHIVE, onto the nodes; then it is removed. */
export async function loadImages(archives: readonly string[], command: string): Promise<void> {
  for (const archive of archives) {
    await runOrThrow("sh", ["-ec", command], {
      env: { ...process.env, ARCHIVE: archive },
      timeoutMs: 300_000,
    });
    fs.rmSync(archive);
  }
}
