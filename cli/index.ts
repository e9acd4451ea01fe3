export { synth } from "./synth";
