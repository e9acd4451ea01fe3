import { Command, Option } from "commander";
import { everyRule, type Rule } from "../rules";
import { ruleDocumentation } from "../rules/documentation";
import { pageOf } from "../rules/page";
import { UsageError } from "./failure";
import { ANSWERED, withHelp } from "./help";
import type { Source } from "./source";

interface Options {
  readonly format: "text" | "json";
  readonly markdown?: true;
}

/** `leasehold rules [id]`: the rules there are, or one of them with its reason and an example. */
export function rulesCommand({ program }: Source): Command {
  const command = new Command("rules")
    .argument("[id]", "id of a rule, such as access/no-audience")
    .addOption(
      new Option("--format <format>", "how they are shown").choices(["text", "json"]).default("text"),
    )
    .option("--markdown", "print the documentation of all rules")
    .action(rules);
  return withHelp(command, {
    exitCodes: ANSWERED,
    example: `${program} rules access/no-audience`,
    page: "docs/rules.md",
  });
}

async function rules(id: string | undefined, { format, markdown }: Options): Promise<void> {
  if (markdown) return void process.stdout.write(await ruleDocumentation(everyRule));
  const rule = id === undefined ? undefined : findRule(id);
  if (format === "json") {
    const shown = rule === undefined ? everyRule.map(described) : explained(rule);
    return console.log(JSON.stringify(shown, null, 2));
  }
  console.log(rule === undefined ? list() : explain(rule));
}

function described(rule: Rule) {
  const { id, severity, title, why } = rule;
  return { id, severity, title, why, page: pageOf(id) };
}

function explained(rule: Rule) {
  const { language, text } = rule.example;
  return { ...described(rule), example: { language, text: text.trim() } };
}

function list(): string {
  const width = Math.max(...everyRule.map(({ id }) => id.length));
  return everyRule
    .map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}`)
    .join("\n");
}

function explain({ id, severity, title, why, example }: Rule): string {
  return [`${id} (${severity}): ${title}`, "", why, "", "It fires on:", "", example.text.trim()].join("\n");
}

function findRule(id: string): Rule {
  const rule = everyRule.find((candidate) => candidate.id === id);
  if (rule) return rule;
  const [category = ""] = id.split("/");
  const near = everyRule
    .filter((candidate) => candidate.id.startsWith(`${category}/`))
    .map((each) => each.id);
  const known = near.length > 0 ? near : [...new Set(everyRule.map((each) => each.id.split("/")[0] ?? ""))];
  throw new UsageError(`there is no rule ${JSON.stringify(id)}; known: ${known.join(", ")}`);
}
