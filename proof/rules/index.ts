export * from "./all";
export { everyRule } from "./closed";
export * from "./context";
export * from "./finding";
export * from "./format";
export * from "./judge";
export * from "./limits";
export * from "./rule";
export * from "./refused";
