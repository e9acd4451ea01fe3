import { Command, Option } from "commander";
import { readGraph, type AccessGraph, type ReadFailure } from "../access";
import { shown } from "../input";
import { allRules, judge, limits, type Findings } from "../rules";
import { conclude, failOnOption, formatOption, type FindingsOptions } from "./findings";
import { JUDGED, withHelp } from "./help";
import { working } from "./progress";
import { readProject } from "./project";
import type { Source } from "./source";
import { readWaivers } from "./waivers";

interface Options extends FindingsOptions {
  readonly guardrails: keyof typeof limits;
  readonly waivers?: string;
}

/** `leasehold lint PATH…`: judges Terraform and manifests that leasehold has not written. */
export function lintCommand({ program }: Source): Command {
  const command = new Command("lint")
    .description("Judge any Terraform and the Kubernetes manifests beside it, as one configuration")
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
  return withHelp(command, {
    exitCodes: JUDGED,
    example: `${program} lint infra/ k8s/ --format sarif`,
    page: "docs/rules.md",
  });
}

async function lint(paths: readonly string[], options: Options): Promise<void> {
  const { found, graph } = await working("judging", () => judged(paths, options));
  const silent = found.findings.length + found.failures.length === 0 && !isUnderstood(graph);
  conclude(silent ? { ...found, failures: [nothingUnderstood(paths, graph)] } : found, options);
}

async function judged(
  paths: readonly string[],
  options: Options,
): Promise<{ found: Findings; graph: AccessGraph }> {
  const project = readProject(paths);
  const { graph, failures } = await readGraph(project);
  const waivers = options.waivers === undefined ? [] : readWaivers(options.waivers);
  const findings = judge(graph, {
    rules: allRules,
    context: { limits: limits[options.guardrails], capacities: new Map() },
    waivers,
    waiversFile: options.waivers ?? "",
  });
  const notJudged = [...project.notJudged, ...graph.notJudged];
  return { found: { findings, failures: [...project.failures, ...failures], notJudged }, graph };
}

/** Whether anything of the graph is what the rules are about: Vault, Kubernetes, or privileges in PostgreSQL. */
function isUnderstood({ terraform, notJudged: _, ...nodes }: AccessGraph): boolean {
  if (Object.values(nodes).some((each: readonly unknown[] | object) => Object.values(each).flat().length > 0))
    return true;
  return terraform.resources.some(({ type }) => /^(vault|kubernetes|helm|postgresql)_/.test(type));
}

/** No finding is no good news where nothing was judged. */
function nothingUnderstood(paths: readonly string[], { terraform }: AccessGraph): ReadFailure {
  const types = [...new Set(terraform.resources.map(({ type }) => type))].sort();
  const held =
    types.length === 0
      ? "no resources"
      : `resources of ${types.slice(0, 6).join(", ")}${types.length > 6 ? " and others" : ""}`;
  return {
    file: paths.map(shown).join(", "),
    message: `nothing there is of Vault, Kubernetes or PostgreSQL's privileges, so nothing was judged; it holds ${held}`,
  };
}
