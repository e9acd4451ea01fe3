import { judgeExample } from "./example";
import { anchor } from "./page";
import { CATEGORIES, type Rule } from "./rule";

/** Every rule with its reason, an example on which it fires and what it says there, in Markdown. */
export async function ruleDocumentation(rules: readonly Rule[]): Promise<string> {
  const chapters = await Promise.all(
    CATEGORIES.map(async (category) => {
      const own = rules.filter(({ id }) => id.startsWith(`${category}/`));
      return [`## ${category}`, ...(await Promise.all(own.map(chapter)))].join("\n\n");
    }),
  );
  const rows = rules.map(({ id, severity, title }) => `| [${id}](#${anchor(id)}) | ${severity} | ${title} |`);
  const table = ["| rule | severity | fires on |", "| --- | --- | --- |", ...rows].join("\n");
  return `${[INTRODUCTION, table, ...chapters].join("\n\n")}\n`;
}

const INTRODUCTION = `# Rules

<!-- Written by \`npx leasehold rules --markdown\`; a test fails when it is stale. -->

Every synth is judged by these rules, \`leasehold check\` judges what the last synth wrote, and
\`leasehold lint\` judges Terraform and manifests that leasehold has not written. An error refuses; a
warning is printed. A finding that is right where it is can be waived by its rule and its resource, with a
reason that is printed each time: \`waivers\` of an environment, or \`lint --waivers FILE\`. With \`evidence\`, the list
that the finding prints, it accepts that table, path or value and no other one of the same rule; with \`until\`, a day in
UTC, it accepts up to that day, and a warning says so thirty days before. What is wrong with a waiver is a finding too, which
none accepts: \`waiver/unmatched\`, \`waiver/reason\`, \`waiver/until\`, \`waiver/expired\`, \`waiver/ends-soon\`.

Those of \`proof\` ask that everything is understood, used and there. They judge what leasehold has rendered,
and not what \`lint\` is given.`;

async function chapter(rule: Rule): Promise<string> {
  const { id, severity, title, why, example } = rule;
  const findings = await judgeExample(rule);
  const said = findings.map(
    ({ resource, message, fix }) => `> \`${resource}\`: ${message}\n>\n> fix: ${fix}`,
  );
  const { before, maxConnections, witness = {}, today } = example;
  const beside = [
    ...(before ? [`In the environment before, \`${before.from}\` is \`${before.to}\`.`] : []),
    ...Object.entries(witness).map(([service, stage]) => `Before, \`${service}\` stood at \`${stage}\`.`),
    ...(today === undefined ? [] : [`The day is ${today}.`]),
    ...(maxConnections === undefined ? [] : [`\`maxConnections\` of the database is ${maxConnections}.`]),
  ];
  const code = `\`\`\`${example.language}\n${example.text.trim()}\n\`\`\``;
  return [`### ${id}`, `${severity}: ${title}.`, why, code, ...beside, said.join("\n\n")].join("\n\n");
}
