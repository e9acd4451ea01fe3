import { formatText, type Findings } from "../lib/rules";

/** Thrown when what was rendered would break or leak at run time; carries every finding. */
export class RefusedConfigurationError extends Error {
  constructor(readonly found: Findings) {
    super(`the configuration is refused:\n\n${formatText(found)}`);
    this.name = "RefusedConfigurationError";
  }
}
