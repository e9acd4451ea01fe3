import { Command, Option } from "commander";
import {
  blastRadius,
  coveringTables,
  explain,
  explainPeople,
  isAsked,
  peopleBlastRadius,
  peopleNamed,
  tablesNamed,
  ALL_VERBS,
  whoCan,
  whoCanInJson,
  type EnvironmentReport,
  type ServiceReport,
} from "../report";
import { UsageError } from "./failure";
import { find } from "./find";
import { ANSWERED, withHelp } from "./help";
import { fromOption, type Source, type SourceOptions } from "./source";

interface WhoCanOptions extends SourceOptions {
  readonly format: "text" | "json";
}

/** `leasehold who-can VERB TABLE ENVIRONMENT`. */
export function whoCanCommand(source: Source): Command {
  const command = new Command("who-can")
    .argument("<verb>", ALL_VERBS.join(", "))
    .argument(
      "<table>",
      "invoices, shop.invoices or shop.public.invoices; so a sequence, a function as f(integer), or a database",
    )
    .argument("<environment>", "name of an environment")
    .addOption(fromOption(source))
    .addOption(new Option("--format <format>", "how it is shown").choices(["text", "json"]).default("text"))
    .action(async (verb: string, table: string, environment: string, options: WhoCanOptions) => {
      const report = await environmentReport(source, environment, options);
      const asked = knownVerb(verb);
      checkTable(report, table);
      console.log((options.format === "json" ? whoCanInJson : whoCan)(report, asked, table));
    });
  return withHelp(command, {
    exitCodes: ANSWERED,
    example: `${source.program} who-can DELETE shop.invoices ${source.environment}${source.where}`,
    page: "docs/threat-model.md",
  });
}

/** `leasehold explain ENVIRONMENT SERVICE [TABLE:VERB]`. */
export function explainCommand(source: Source): Command {
  const command = new Command("explain")
    .argument("<environment>", "name of an environment")
    .argument("<service>", "name of a service, or namespace/name; or of people")
    .argument("[table:verb]", "orders, or orders:UPDATE; everything where nothing is named")
    .addOption(fromOption(source))
    .action(
      async (environment: string, service: string, asked: string | undefined, options: SourceOptions) => {
        const report = await environmentReport(source, environment, options);
        const people = peopleNamed(report, service);
        if (asked === undefined)
          return console.log(
            people ? explainPeople(people, () => true) : explain(report, knownService(report, service), {}),
          );
        const [table = "", verb] = asked.split(":");
        const question = { table, ...(verb !== undefined && { verb: knownVerb(verb) }) };
        checkTable(report, table);
        console.log(
          people
            ? explainPeople(people, (each) => isAsked(each, question))
            : explain(report, knownService(report, service), question),
        );
      },
    );
  return withHelp(command, {
    exitCodes: ANSWERED,
    example: `${source.program} explain ${source.environment} orders orders:UPDATE${source.where}`,
    page: "docs/troubleshooting.md",
  });
}

/** `leasehold blast-radius ENVIRONMENT SERVICE`. */
export function blastRadiusCommand(source: Source): Command {
  const command = new Command("blast-radius")
    .argument("<environment>", "name of an environment")
    .argument("<service>", "name of a service, or namespace/name; or of people")
    .addOption(fromOption(source))
    .action(async (environment: string, service: string, options: SourceOptions) => {
      const report = await environmentReport(source, environment, options);
      const people = peopleNamed(report, service);
      console.log(
        people ? peopleBlastRadius(report.name, people) : blastRadius(report, knownService(report, service)),
      );
    });
  return withHelp(command, {
    exitCodes: ANSWERED,
    example: `${source.program} blast-radius ${source.environment} orders${source.where}`,
    page: "docs/threat-model.md",
  });
}

async function environmentReport(
  source: Source,
  name: string,
  options: SourceOptions,
): Promise<EnvironmentReport> {
  return find("environment", name, (await source.load(options)).environments);
}

function knownVerb(verb: string): string {
  const upper = verb.toUpperCase();
  if ((ALL_VERBS as readonly string[]).includes(upper)) return upper;
  throw new UsageError(`there is no verb ${JSON.stringify(verb)}; known: ${ALL_VERBS.join(", ")}`);
}

function knownService({ services, people = [] }: EnvironmentReport, name: string): ServiceReport {
  const byName = services.filter((service) => service.name === name || service.id === name);
  const [found] = byName;
  if (found !== undefined && byName.length === 1) return found;
  if (byName.length > 1) {
    throw new UsageError(
      `there are ${byName.length} services ${JSON.stringify(name)}; name one of ${byName.map(({ id }) => JSON.stringify(id)).join(", ")}`,
    );
  }
  const known = [...services, ...people].map(({ id }) => JSON.stringify(id)).join(", ") || "none";
  throw new UsageError(`there is no service ${JSON.stringify(name)}; known: ${known}`);
}

/**
 * A table that nobody reaches may be misspelt; one that a privilege on many covers may be there, and so may any
 * where something was not read.
 */
function checkTable(report: EnvironmentReport, name: string): void {
  if (tablesNamed(report, name).length + coveringTables(report, name).length + report.doubts.length > 0)
    return;
  const known = report.tables.map(({ id }) => JSON.stringify(id)).join(", ") || "none";
  throw new UsageError(
    `nobody reaches a table ${JSON.stringify(name)} in ${report.name}; tables that somebody reaches: ${known}`,
  );
}
