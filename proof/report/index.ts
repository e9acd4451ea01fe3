export * from "./answer";
export * from "./guarantees";
export * from "./model";
export { explainPeople, peopleBlastRadius, peopleNamed } from "./people";
export * from "./report";
export * from "./timeline";
export * from "./render";
export * from "./questions";
export * from "./diff";
