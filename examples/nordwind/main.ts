import { synth } from "leasehold/cli";
import { environments } from "./stacks";

void synth(environments);
