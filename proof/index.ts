/** What reads configuration, judges it and tells what it opens, whoever wrote it. */
export { readGraph, type AccessGraph, type ReadFailure } from "./access";
export * from "./report";
export * from "./rules";
