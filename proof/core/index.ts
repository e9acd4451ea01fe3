export * from "./date";
export * from "./endpoints";
export * from "./expected";
export * from "./grouping";
export * from "./problem";
export * from "./reason";
export * from "./secrets";
export * from "./template";
