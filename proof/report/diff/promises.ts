import { isNotKnown, type Answer } from "../answer";
import type { EnvironmentReport, GuaranteeReport } from "../model";
import type { Change, Comparer, Direction } from "./change";

/** A promise of either side, with whether it held and holds; null where the side has not made it. */
export interface PromiseVerdict {
  readonly environment: string;
  readonly text: string;
  readonly before: Answer | null;
  readonly after: Answer | null;
}

/** Promises of an environment by their text: one that says something else is another one. */
function promisesOf({ guarantees }: EnvironmentReport): Map<string, GuaranteeReport> {
  return new Map(guarantees.map((each) => [each.text, each]));
}

/** Every promise of both sides, with its verdicts. */
export function promiseVerdicts(base: EnvironmentReport, head: EnvironmentReport): PromiseVerdict[] {
  const [before, after] = [promisesOf(base), promisesOf(head)];
  return [...new Set([...before.keys(), ...after.keys()])].map((text) => ({
    environment: head.name,
    text,
    before: before.get(text)?.holds ?? null,
    after: after.get(text)?.holds ?? null,
  }));
}

/**
 * Which promise a change breaks. One that is broken, of which nobody knows any more, or that is taken back counts as
 * widened: somebody relies on it. One of the same reason in other words is the same promise, changed.
 */
export const promiseChanges: Comparer = (base, head) => {
  const [before, after] = [promisesOf(base), promisesOf(head)];
  const gone = [...before.values()].filter(({ text }) => !after.has(text));
  const added = [...after.values()].filter(({ text }) => !before.has(text));
  const pairs = gone.map((old) => ({
    old,
    now: only(added, old) && only(gone, old) ? only(added, old) : undefined,
  }));
  const renewed = new Set(pairs.map(({ now }) => now));
  const told = (promise: string, direction: Direction, sentence: string): Change => ({
    environment: head.name,
    subject: null,
    direction,
    sentence: `${sentence} (${head.name})`,
    promise,
  });
  return [
    ...[...after.values()].flatMap((now) => {
      const old = before.get(now.text);
      return old === undefined ? [] : verdictChange(old, now).map((each) => told(now.text, ...each));
    }),
    ...pairs.map(({ old, now }) =>
      now === undefined
        ? told(old.text, "widened", `it is no longer promised that ${old.text}`)
        : told(
            now.text,
            "widened",
            `instead of ${old.text}, it is promised that ${now.text}${shortfall(now)}`,
          ),
    ),
    ...added
      .filter((now) => !renewed.has(now))
      .map((now) =>
        told(
          now.text,
          now.holds.value === "yes" ? "unchanged" : "widened",
          `it is promised now that ${now.text}${shortfall(now)}`,
        ),
      ),
  ];
};

/** The one that has the reason of another one. */
function only(some: readonly GuaranteeReport[], { reason }: GuaranteeReport): GuaranteeReport | undefined {
  const same = some.filter((each) => each.reason === reason);
  return same.length === 1 ? same[0] : undefined;
}

function verdictChange(old: GuaranteeReport, now: GuaranteeReport): (readonly [Direction, string])[] {
  if (now.holds.value === "yes")
    return old.holds.value === "yes" ? [] : [["narrowed", `the promise holds now that ${now.text}`]];
  if (isNotKnown(now.holds)) {
    if (isNotKnown(old.holds)) return [];
    const direction = old.holds.value === "yes" ? "widened" : "narrowed";
    return [
      [direction, `nobody knows any more whether the promise holds that ${now.text}: ${now.holds.reason}`],
    ];
  }
  const more = now.evidence.filter((each) => !old.evidence.includes(each));
  if (old.holds.value !== "no" || more.length > 0)
    return [["widened", `it breaks the promise that ${now.text}: ${more.join("; ")}`]];
  return [["unchanged", `the promise is broken as before that ${now.text}: ${now.evidence.join("; ")}`]];
}

/** What a promise lacks at once. */
function shortfall({ holds, evidence }: GuaranteeReport): string {
  if (holds.value === "yes") return "";
  return isNotKnown(holds)
    ? `, of which nobody knows whether it holds: ${holds.reason}`
    : `, which does not hold: ${evidence.join("; ")}`;
}
