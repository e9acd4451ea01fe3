import { isDeepStrictEqual } from "node:util";

/** A stack of an output: what Terraform is given, and what is applied before it. */
export interface OutputStack {
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
}

/** Everything that two synths are compared by. */
export interface Output {
  /** By their names. */
  readonly stacks: Readonly<Record<string, OutputStack>>;
  /** What a DBA runs and others deploy, by the file's path in the output. */
  readonly files: Readonly<Record<string, string>>;
}

export type Change = "changed" | "new" | "gone";

export interface AffectedStack {
  readonly stack: string;
  readonly change: Change;
  /** Stacks of one wave depend on none of each other; each wave comes after the ones before it. Of a stack that is gone, the last one. */
  readonly wave: number;
}

export interface AffectedFile {
  /** Its path in the output. */
  readonly file: string;
  readonly change: Change;
}

/** What a change touches. */
export interface Affected {
  /** In the order in which they are applied; what is gone last, and in the order in which it is destroyed. */
  readonly stacks: readonly AffectedStack[];
  /** Files that a DBA runs, or others deploy, and that are not what they were. */
  readonly files: readonly AffectedFile[];
  /** How many stacks there are. */
  readonly of: number;
}

/** The stacks whose Terraform a change touches, whatever is written about it in comments. */
export function affectedBy(base: Output, head: Output): Affected {
  const waves = wavesOf(head.stacks);
  const names = Object.keys(head.stacks).sort(
    (a, b) => (waves.get(a) ?? 0) - (waves.get(b) ?? 0) || a.localeCompare(b),
  );
  const touched = names.flatMap((stack): AffectedStack[] => {
    const before = base.stacks[stack];
    const wave = waves.get(stack) ?? 0;
    if (before === undefined) return [{ stack, change: "new", wave }];
    return isDeepStrictEqual(asApplied(before), asApplied(head.stacks[stack]))
      ? []
      : [{ stack, change: "changed", wave }];
  });
  const last = Math.max(0, ...waves.values()) + 1;
  return {
    stacks: [...touched, ...goneFrom(base, head, last)],
    files: filesBetween(base.files, head.files),
    of: names.length,
  };
}

function filesBetween(before: Output["files"], after: Output["files"]): AffectedFile[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((file) => before[file] !== after[file])
    .sort()
    .map((file) => ({
      file,
      change: !(file in before) ? "new" : file in after ? "changed" : "gone",
    }));
}

/** The entry `//` is a comment of CDKTF, with its own version. */
function asApplied(stack: OutputStack | undefined): unknown {
  const { "//": _, ...applied } = stack?.terraform ?? {};
  return applied;
}

function goneFrom(base: Output, head: Output, wave: number): AffectedStack[] {
  const waves = wavesOf(base.stacks);
  return Object.keys(base.stacks)
    .filter((stack) => !(stack in head.stacks))
    .sort((a, b) => (waves.get(b) ?? 0) - (waves.get(a) ?? 0) || a.localeCompare(b))
    .map((stack) => ({ stack, change: "gone", wave }));
}

/** 0 for a stack that depends on none, one more than the latest of those that it depends on for any other. */
function wavesOf(stacks: Output["stacks"]): ReadonlyMap<string, number> {
  const waves = new Map<string, number>();
  const waveOf = (name: string): number => {
    const known = waves.get(name);
    if (known !== undefined) return known;
    // A circle is CDKTF's to refuse; here it ends.
    waves.set(name, 0);
    const before = (stacks[name]?.dependencies ?? []).filter((each) => each in stacks);
    const wave = Math.max(-1, ...before.map(waveOf)) + 1;
    waves.set(name, wave);
    return wave;
  };
  Object.keys(stacks).forEach(waveOf);
  return waves;
}
