/** What reads configuration, judges it and tells what it opens, whoever wrote it. */
export { readGraph, type AccessGraph, type ReadFailure } from "./access";
export { prove, type ProofOptions, type Proven } from "./prove";
export * from "./report";
export * from "./rules";
