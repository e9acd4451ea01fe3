import { withdrawOutput } from "../stacks/synthesize";
import { reportFailure } from "./failure";
import { outputDirectory } from "./output";
import { guardProcess } from "./streams";

guardProcess();
withdrawOutput(outputDirectory()).catch(reportFailure);
