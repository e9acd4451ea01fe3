/** The public surface. */
export * from "./auth";
export * from "./core";
export * from "./postgres";
export * from "./service";
export * from "./vault";
