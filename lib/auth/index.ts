export * from "./kubernetes-auth";
export * from "./kubernetes-auth-role";
export * from "./reviewer";
export * from "./schema";
