import { proof } from "./program";
import { run } from "./run";
import { guardProcess } from "./streams";

const words = process.argv.slice(2);
guardProcess();
void run(proof(words), words);
