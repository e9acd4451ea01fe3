import { Command, Option } from "commander";
import { prove } from "../prove";
import { limits } from "../rules";
import { conclude, failOnOption, formatOption, type FindingsOptions } from "./findings";
import { JUDGED, withHelp } from "./help";
import { working } from "./progress";
import type { Source } from "./source";
import { readWaivers } from "./waivers";

interface Options extends FindingsOptions {
  readonly guardrails: keyof typeof limits;
  readonly waivers?: string;
}

/** `leasehold lint PATH…`: judges Terraform and manifests that leasehold has not written. */
export function lintCommand({ program }: Source): Command {
  const command = new Command("lint")
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
    .option(
      "--waivers <file>",
      "YAML: a list of rule, resource and reason, and evidence and until where they are meant",
    )
    .action(lint);
  return withHelp(command, {
    exitCodes: JUDGED,
    example: `${program} lint infra/ k8s/ --format sarif`,
    page: "docs/rules.md",
  });
}

async function lint(paths: readonly string[], options: Options): Promise<void> {
  const waivers = options.waivers === undefined ? [] : readWaivers(options.waivers);
  const held = { limits: limits[options.guardrails], waivers, waiversFile: options.waivers };
  conclude(await working("judging", () => prove(paths, held)), options);
}
