import { Command } from "commander";
import { allRules, type Rule } from "../rules";
import { ruleDocumentation } from "../rules/documentation";
import { UsageError } from "./failure";

/** `leasehold rules [id]`: the rules there are, or one of them with its reason and an example. */
export function rulesCommand(): Command {
  return new Command("rules")
    .description("List the rules, or explain one")
    .argument("[id]", "id of a rule, such as access/no-audience")
    .option("--markdown", "print the documentation of all rules")
    .action(async (id: string | undefined, { markdown }: { markdown?: true }) => {
      if (markdown) process.stdout.write(await ruleDocumentation(allRules));
      else console.log(id === undefined ? list() : explain(findRule(id)));
    });
}

function list(): string {
  const width = Math.max(...allRules.map(({ id }) => id.length));
  return allRules
    .map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}`)
    .join("\n");
}

function explain({ id, severity, title, why, example }: Rule): string {
  return [`${id} (${severity}): ${title}`, "", why, "", "It fires on:", "", example.text.trim()].join("\n");
}

function findRule(id: string): Rule {
  const rule = allRules.find((candidate) => candidate.id === id);
  if (rule) return rule;
  const [category = ""] = id.split("/");
  const near = allRules.filter((candidate) => candidate.id.startsWith(`${category}/`)).map((each) => each.id);
  const known = near.length > 0 ? near : [...new Set(allRules.map((each) => each.id.split("/")[0] ?? ""))];
  throw new UsageError(`there is no rule ${JSON.stringify(id)}; known: ${known.join(", ")}`);
}
