import * as fc from "fast-check";

/**
 * A run of the suites says the same of the same code, so what a property tries is the same each time; other values are
 * looked for on purpose: `LEASEHOLD_SEED=7 LEASEHOLD_RUNS=2000 npx jest test/access/sql`.
 */
export const SEED = Number(process.env["LEASEHOLD_SEED"] ?? 2);

fc.configureGlobal({ seed: SEED });
