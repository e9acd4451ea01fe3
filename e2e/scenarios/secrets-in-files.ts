import fs from "node:fs";
import path from "node:path";

/** The files below a directory that hold one of the secrets, each with the secret's name. */
export function filesWithSecrets(
  directory: string,
  secrets: Readonly<Record<string, string>>,
  wanted: (file: string) => boolean = () => true,
): string[] {
  return fs.readdirSync(directory, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !wanted(file)) return [];
    return secretsIn(fs.readFileSync(file), secrets).map((name) => `${file}: ${name}`);
  });
}

/** The names of the secrets that a text holds. */
export function secretsIn(content: Buffer | string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => content.includes(secret))
    .map(([name]) => name);
}
