export { adoption } from "./adoption";
export type { WrittenStack } from "./adoption";
export { resourceChanges } from "./resources";
export type { ResourceChanges } from "./resources";
export { nextStage } from "./next";
export { standing } from "./standing";
export type { Standing } from "./standing";
