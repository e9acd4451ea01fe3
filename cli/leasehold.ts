import { guardProcess, run } from "@leasehold/proof/cli";
import type * as Completion from "./completion";
import type { Environments } from "./environments";
import type * as EnvironmentsHere from "./environments";
import { leasehold } from "./program";

const words = process.argv.slice(2);
// Whoever asks for help waits for no compiler.
const environments: Environments = () =>
  (require("./environments") as typeof EnvironmentsHere).environmentsHere();
guardProcess();
// What shells ask is no command for people: it is in no help, and takes any words.
if (words[0] === "complete" && words[1] === "--") {
  const typed = words.slice(2);
  const { candidates } = require("./completion") as typeof Completion;
  process.stdout.write(candidates(leasehold(environments, typed), typed));
} else void run(leasehold(environments, words), words);
