import { guardProcess, run } from "@leasehold/proof/cli";
import { candidates } from "./completion";
import { environmentsHere } from "./environments";
import { leasehold } from "./program";

const words = process.argv.slice(2);
guardProcess();
// What shells ask is no command for people: it is in no help, and takes any words.
if (words[0] === "complete" && words[1] === "--") {
  const typed = words.slice(2);
  process.stdout.write(candidates(leasehold(environmentsHere, typed), typed));
} else void run(leasehold(environmentsHere, words), words);
