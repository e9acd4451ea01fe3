export { LogError, logFormat, statementsOfLog } from "./log";
export { compare, observe, proposal } from "./observation";
export type { Comparison, Observation } from "./observation";
export { usageOf } from "./usage";
