export * from "./gaps";
export * from "./layout";
export * from "./manifest";
export * from "./mark";
