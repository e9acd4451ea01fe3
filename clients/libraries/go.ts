import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { assertRuns, shownIn, type LanguageClient } from "./library";

const FOLDER = path.join(__dirname, "../go/libraries");

/** Name in the table, and its module. */
const LIBRARIES: readonly [name: string, module: string][] = [
  ["pgxpool", "github.com/jackc/pgx/v5"],
  ["database/sql", "github.com/jackc/pgx/v5"],
  ["sqlx", "github.com/jmoiron/sqlx"],
  ["GORM", "gorm.io/gorm"],
  ["Bun", "github.com/uptrace/bun"],
  ["ent", "entgo.io/ent"],
];

/** One program, which `.ci/libraries` has built, for all of them. */
export const go: LanguageClient = {
  name: "Go",
  page: "go/LIBRARIES.md",
  libraries(page) {
    const source = readFileSync(path.join(FOLDER, "libraries.go"), "utf8");
    return LIBRARIES.map(([name, module]) => {
      const shown = shownIn(page, `## ${name}`, "go");
      assertRuns(source, shown, name);
      const words = ["list", "-m", "-f", "{{.Version}}", module];
      const version = execFileSync("go", words, { cwd: FOLDER, encoding: "utf8" }).trim().slice(1);
      return { name, version, shown, command: [path.join(FOLDER, "libraries"), name] };
    });
  },
};
