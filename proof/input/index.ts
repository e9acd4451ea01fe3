export * from "./input";
export * from "./made";
export * from "./package";
export * from "./project";
