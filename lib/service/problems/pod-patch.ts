import { reasonProblems, within, Words, type Problem } from "../../core";
import type { ServiceProps } from "../declaration/declaration";
import { podGroups } from "../declaration/migration";
import type { PodPatchOperation } from "../declaration/pod-patch";
import type { OwnWorkload } from "../declaration/workload";
import { patchTemplate } from "../pod/patch";
import { unpatchedTemplate } from "../pod/template";
import { unheldBy } from "../pod/terraform";
import type { PodTemplate } from "../pod/types";
import { planService } from "../service-plan";
import { patchedContainerProblems } from "./patched-containers";
import { databaseSecrets } from "./pod";

/** What is wrong with the patch of a workload, whatever it would be applied to. */
export function podPatchProblems({ podPatch }: OwnWorkload): Problem[] {
  if (podPatch === undefined) return [];
  const { reason, operations } = podPatch;
  return within("podPatch", [
    ...reasonProblems("reason", reason),
    ...(operations.length > 0
      ? []
      : [
          {
            property: "operations",
            must: "hold one operation at least",
            got: operations,
            fix: "take 'podPatch' out",
          },
        ]),
    ...operations.flatMap(({ path }, index) => pathProblems(`operations[${index}].path`, path)),
  ]);
}

function pathProblems(property: string, path: string): Problem[] {
  if (/^\/(metadata|spec)\/([^~]|~[01])+$/.test(path)) return [];
  const must = "be a JSON pointer into 'metadata' or 'spec' of the pod template";
  const fix =
    "write it like /spec/dnsConfig or /metadata/annotations/acme.com~1owner: a slash in a key is ~1";
  return [{ property, must, got: path, fix }];
}

/** What is wrong with what a patch makes of the pods of a service that has no other problem. */
export function patchedPodProblems(property: string, props: ServiceProps): Problem[] {
  const { workload } = props;
  if (workload.kind === "elsewhere" || workload.podPatch === undefined) return [];
  const { operations } = workload.podPatch;
  const plan = planService(props);
  const all = podGroups(plan.migration, workload).flatMap((group) => {
    const before = unpatchedTemplate(plan, workload, group);
    const { template, failed } = patchTemplate(before, operations);
    if (failed.length > 0)
      return failed.map(({ index, why }) => notApplied(index, operations[index] as PodPatchOperation, why));
    const wrong = shapeProblems(template);
    return wrong.length > 0
      ? wrong
      : patchedContainerProblems("operations", before, template, databaseSecrets(plan.migration));
  });
  // A canary has two kinds of pods, and one patch.
  const once = new Map(all.map((problem) => [JSON.stringify(problem), problem]));
  return within(`${property}.podPatch`, [...once.values()]);
}

function notApplied(index: number, { op, path }: PodPatchOperation, why: string): Problem {
  return {
    property: `operations[${index}]`,
    must: `apply to the pod template, after the operations before it: ${why}`,
    got: `${op} ${path}`,
    fix: "correct the path, as it stands in Kubernetes' own names; what is not there yet is added with its parent",
  };
}

/** Without these there are no pods that anything could be said of; what else is missing the proof says. */
function shapeProblems(template: PodTemplate): Problem[] {
  const { metadata, spec } = template as unknown as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
  const wanted: readonly (readonly [string, unknown, isList: boolean])[] = [
    ["/metadata/labels", metadata?.["labels"], false],
    ["/metadata/annotations", metadata?.["annotations"], false],
    ["/spec/containers", spec?.["containers"], true],
  ];
  const missing = wanted.filter(
    ([, value, isList]) => typeof value !== "object" || value === null || Array.isArray(value) !== isList,
  );
  if (missing.length > 0)
    return missing.map(([path, , isList]) => ({
      property: "operations",
      must: `leave ${path} ${isList ? "a list" : "an object"}`,
      got: new Words("something else"),
      fix: "change what is in it",
    }));
  const { withoutArgument, empty } = unheldBy(template);
  return [
    ...withoutArgument.map((path) => ({
      property: "operations",
      must: "write fields for which Terraform's Kubernetes provider has an argument, with values of its kind",
      got: path,
      fix: "take it out, or correct its name and value as Kubernetes writes them",
    })),
    ...empty.map((path) => ({
      property: "operations",
      must: "leave no object without anything in it, which Terraform's Kubernetes provider does not read back: no plan would be empty",
      got: path,
      fix: "take it out, or write what belongs into it",
    })),
  ];
}
