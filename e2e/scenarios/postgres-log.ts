import fs from "node:fs";

/** When PostgreSQL was asked to drop each user, by its own log. */
export function drops({ postgres }: { readonly postgres: { readonly logFile: string } }): Map<string, Date> {
  const lines = fs.readFileSync(postgres.logFile, "utf8").split("\n");
  return new Map(
    lines.flatMap((line) => {
      const match = /^(\S+ \S+) UTC .*DROP ROLE IF EXISTS "(v-[^"]+)"/.exec(line);
      return match?.[1] && match[2] ? [[match[2], new Date(`${match[1].replace(" ", "T")}Z`)] as const] : [];
    }),
  );
}
