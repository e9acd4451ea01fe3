import { proof } from "./program";
import { run } from "./run";
import { guardProcess } from "./streams";

guardProcess();
void run(proof(), process.argv.slice(2));
