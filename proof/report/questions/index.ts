export * from "./blast-radius";
export * from "./explain";
export * from "./who-can";
