// What every command needs, and nothing that takes long to load: rules and reports are ./findings and ./reports.
export * from "./failure";
export * from "./find";
export * from "./help";
export * from "./program";
export * from "./progress";
export * from "./run";
export * from "./source";
export * from "./streams";
