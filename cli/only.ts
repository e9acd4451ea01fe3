/** By which the environments of a synth are told to `main.ts`, and by a pipeline to `leasehold synth`. */
const VARIABLE = "LEASEHOLD_ONLY";

/** Names of environments, as they were asked for; all of them where there is none. */
export function environmentsAskedFor(): string[] {
  const asked = process.env[VARIABLE] ?? "";
  return asked.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
}

/** Has the synth of this process render some environments alone. */
export function askFor(environments: readonly string[]): void {
  if (environments.length > 0) process.env[VARIABLE] = environments.join(",");
}
