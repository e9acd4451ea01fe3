import { renderReport } from "../../proof/report";
import { local } from "../../template/project/stacks/local";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { RenderedEnvironments } from "../support/rules-mutations";
import { tablesOf } from "../support/pages";

/** What the page shows of a service, and where the report has it. */
const COLUMNS = ["credential lives", "renewed up to", "overlap", "Vault outage survived"];

test("the numbers of the threat model are those of the report", async () => {
  const [table] = tablesOf("docs/threat-model.md").filter(({ head }) => head[0] === "environment");
  expect(table?.head.slice(2)).toEqual(COLUMNS);
  const rendered = new RenderedEnvironments([local, staging, production]);
  for (const [names = "", service = "", ...numbers] of table?.rows ?? []) {
    for (const name of names.split(", ")) {
      const environment = [local, staging, production].find((each) => each.name === name);
      if (environment === undefined) throw new Error(`there is no environment ${name}`);
      const report = renderReport(await rendered.reportAfter(environment, () => {}), "md");
      const row = report.split("\n").find((line) => line.startsWith(`| ${service} |`));
      expect({ name, row }).toEqual({ name, row: expect.stringContaining(`| ${numbers.join(" | ")} |`) });
    }
  }
  expect(table?.rows.length).toBeGreaterThan(3);
});
