export type { RehearsedRole } from "./credential";
export { FACTS } from "./facts";
export { canBeRehearsed, planOf, type DatabaseToRehearse } from "./plan";
export { databaseToRehearse } from "./read";
export { problemsOf } from "./rehearsal";
export type { Outcome, Perform, Rehearsal, RehearsalProblem, Step } from "./rehearsal";
export { CLEAR, SUPERUSER } from "./scene";
