import { formatText, type Findings } from "./format";

/** Thrown when what was rendered would break or leak at run time; carries every finding. */
export class RefusedConfigurationError extends Error {
  constructor(readonly found: Findings) {
    super(`the configuration is refused:\n\n${formatText(found)}\n\n${ACCEPT}`);
    this.name = "RefusedConfigurationError";
  }
}

const ACCEPT =
  "What is right where it is can be accepted, with a reason that is printed each time: " +
  'waivers: [{ rule: "vault/few-replicas", resource: "production/orders", reason: "…" }] of the environment; ' +
  "a resource is an address as above, a construct's path, or the path of the service. " +
  'With evidence: […] as a finding prints it, nothing else that the rule finds there is accepted; with until: "2027-03-31", nothing after that day.';
