import fs from "node:fs";
import path from "node:path";

/** All files below a directory. */
export function filesBelow(directory: string): string[] {
  return fs
    .readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** The files that hold one of the secrets, each with the secret's name. */
export function filesWithSecrets(
  files: readonly string[],
  secrets: Readonly<Record<string, string>>,
): string[] {
  return files.flatMap((file) => secretsIn(fs.readFileSync(file), secrets).map((name) => `${file}: ${name}`));
}

/** The names of the secrets that a text holds. */
export function secretsIn(content: Buffer | string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => content.includes(secret))
    .map(([name]) => name);
}
