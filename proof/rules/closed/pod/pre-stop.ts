import { asList, asObject, asObjects, type Workload } from "../../../access";

/** Seconds that a command before the end takes, where it is a wait and nothing else. */
export function preStopSeconds(command: readonly unknown[]): number | undefined {
  const words = command.map(String);
  const [, seconds] = /^(?:\/bin\/sh -c )?(?:\/bin\/)?sleep ([1-9]\d{0,2})$/.exec(words.join(" ")) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

/** How long the pods of a workload wait before their containers are told to end: the longest counts. */
export function waitBeforeEnd({ pod }: Pick<Workload, "pod">): number {
  const waits = asObjects(pod.spec.containers).map(({ lifecycle }) => {
    const { command } = asObject(asObject(asObject(lifecycle).preStop).exec);
    return command === undefined ? 0 : (preStopSeconds(asList(command)) ?? 0);
  });
  return Math.max(0, ...waits);
}
