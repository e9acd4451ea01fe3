import { guardProcess, run } from "@leasehold/proof/cli";
import { environmentsHere } from "./environments";
import { leasehold } from "./program";

const words = process.argv.slice(2);
guardProcess();
void run(leasehold(environmentsHere, words), words);
