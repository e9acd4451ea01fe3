/** One thing that is done on the rehearsal's PostgreSQL. */
export interface Step {
  /** `run`: executes. `look`: tells which facts are new and which are gone since the last look. `ask`: gives rows. */
  readonly kind: "run" | "look" | "ask";
  /** Whose session it is; the superuser's where nobody is named. */
  readonly as?: string;
  readonly sql: readonly string[];
}

/** What came of a step. */
export interface Outcome {
  /** What PostgreSQL said when it refused; nothing of a rehearsal runs afterwards. */
  readonly error?: string;
  readonly notices: readonly string[];
  /** The rows of `ask`, the new facts of `look`. */
  readonly rows: readonly string[];
  /** The facts that are gone, of `look`. */
  readonly gone: readonly string[];
}

/** What a problem is about: the SQL for the DBA, or a database role by its name. */
export type Subject = { readonly kind: "bootstrap" } | { readonly kind: "role"; readonly name: string };

/** A step, and what is wrong with what came of it. */
export interface Act {
  readonly of: Subject;
  /** What is done, as the beginning of a sentence: `the creation`. */
  readonly title: string;
  readonly step: Step;
  readonly problems: (outcome: Outcome) => readonly string[];
}

/** All that is done in one database. */
export interface Rehearsal {
  readonly acts: readonly Act[];
}

/** Performs rehearsals, each on a server on which nothing is, and says what came of their steps. */
export type Perform = (rehearsals: readonly (readonly Step[])[]) => Promise<readonly (readonly Outcome[])[]>;

export interface RehearsalProblem {
  readonly of: Subject;
  readonly problem: string;
}

/** What is wrong with how a rehearsal went. */
export function problemsOf({ acts }: Rehearsal, outcomes: readonly Outcome[]): RehearsalProblem[] {
  return outcomes.flatMap((outcome, index) => {
    const act = acts[index];
    if (act === undefined) return [];
    const { of, title, problems } = act;
    if (outcome.error !== undefined) return [{ of, problem: `${title} fails: ${outcome.error}` }];
    return problems(outcome).map((problem) => ({ of, problem: `${title} ${problem}` }));
  });
}

/** An act of which nothing but an error is wrong. */
export function run(
  of: Subject,
  title: string,
  sql: readonly string[],
  as?: string,
  problems: Act["problems"] = () => [],
): Act {
  return { of, title, step: { kind: "run", sql, ...(as !== undefined && { as }) }, problems };
}

/** What must have changed since the last look, and nothing else. */
export function changed(of: Subject, title: string, gained: readonly string[], lost: readonly string[]): Act {
  const problems = ({ rows, gone }: Outcome) => [
    ...without(rows, gained).map((fact) => `makes it so that ${fact}, which nobody declared`),
    ...without(gained, rows).map((fact) => `does not make it so that ${fact}`),
    ...without(gone, lost).map((fact) => `ends that ${fact}`),
    ...without(lost, gone).map((fact) => `leaves it so that ${fact}`),
  ];
  return { of, title, step: { kind: "look", sql: [] }, problems };
}

/** Rows that must come, and no others. */
export function asked(of: Subject, title: string, sql: string, problems: Act["problems"]): Act {
  return { of, title, step: { kind: "ask", sql: [sql] }, problems };
}

export function without(all: readonly string[], some: readonly string[]): string[] {
  const taken = new Set(some);
  return all.filter((each) => !taken.has(each));
}
