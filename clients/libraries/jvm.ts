import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { assertRuns, shownIn, type LanguageClient } from "./library";

const FOLDER = path.join(__dirname, "../java/libraries");

/** Name in the table, and the artifact whose version it is. */
const LIBRARIES: readonly [name: string, artifact: string][] = [
  ["HikariCP", "HikariCP"],
  ["Spring Boot, JdbcTemplate", "spring-boot-jdbc"],
  ["Spring Boot, JPA with Hibernate", "hibernate-core"],
  ["jOOQ", "jooq"],
  ["JDBI", "jdbi3-core"],
];

/** One program, which `.ci/libraries` has built, for all of them. */
export const jvm: LanguageClient = {
  name: "JVM",
  page: "java/LIBRARIES.md",
  libraries(page) {
    const source = readFileSync(path.join(FOLDER, "src/main/java/example/libraries/Libraries.java"), "utf8");
    const jars = readdirSync(path.join(FOLDER, "target/libraries"));
    return LIBRARIES.map(([name, artifact]) => {
      const shown = shownIn(page, `## ${name}`, "java");
      assertRuns(source, shown, name);
      const version = jars.flatMap(
        (jar) => new RegExp(`^${artifact}-(\\d.*)\\.jar$`).exec(jar)?.[1] ?? [],
      )[0];
      if (version === undefined)
        throw new Error(`there is no jar of ${artifact} in ${FOLDER}/target/libraries`);
      return {
        name,
        version,
        shown,
        command: ["java", "-jar", path.join(FOLDER, "target/libraries.jar"), name],
      };
    });
  },
};
