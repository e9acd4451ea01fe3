import { Command, Option } from "commander";
import { readGraph } from "../lib/access";
import { allRules, judge, limits } from "../lib/rules";
import { conclude, failOnOption, formatOption, type FindingsOptions } from "./findings";
import { readProject } from "./project";
import { readWaivers } from "./waivers";

interface Options extends FindingsOptions {
  readonly guardrails: keyof typeof limits;
  readonly waivers?: string;
}

/** `leasehold lint PATH…`: judges Terraform and manifests that leasehold has not written. */
export function lintCommand(): Command {
  return new Command("lint")
    .description(
      "Judge any Terraform and the Kubernetes manifests beside it, as one configuration: exit code 0 clean, 1 findings, 2 could not run",
    )
    .argument(
      "<paths...>",
      "folders or files: .tf, .tf.json, the JSON of `terraform show -json`, Kubernetes YAML, SQL with grants",
    )
    .addOption(formatOption())
    .addOption(failOnOption())
    .addOption(
      new Option("--guardrails <name>", "what the configuration is held to")
        .choices(Object.keys(limits))
        .default("strict"),
    )
    .option("--waivers <file>", "YAML: a list of rule, resource and reason")
    .action(lint);
}

async function lint(paths: readonly string[], options: Options): Promise<void> {
  const { graph, failures } = await readGraph(readProject(paths));
  const waivers = options.waivers === undefined ? [] : readWaivers(options.waivers);
  const findings = judge(graph, {
    rules: allRules,
    context: { limits: limits[options.guardrails], capacities: new Map() },
    waivers,
    waiversFile: options.waivers ?? "",
  });
  conclude({ findings, failures }, options);
}
