import { run } from "./run";
import { guardProcess } from "./streams";

guardProcess();
void run(process.argv.slice(2));
