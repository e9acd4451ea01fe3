import type * as Shapes from "./shapes";

/** What the proof understands, loaded when something is compared with it: that takes longer than all the rules. */
export const shapes = () => require("./shapes") as typeof Shapes;
