import fs from "node:fs";
import { prove, refusing } from "@leasehold/proof";
import { App } from "cdktf";
import { defineStacks } from "./stacks";

/** Writes the stacks, and fails where what was written would break or leak when it runs. */
async function main(): Promise<void> {
  const app = new App();
  defineStacks(app, {
    vaultCa: fs.readFileSync("certificates/vault-ca.pem", "utf8"),
    postgresCa: fs.readFileSync("certificates/postgres-ca.pem", "utf8"),
  });
  app.synth();
  const { findings, failures } = await prove(app.outdir);
  for (const { rule, resource, message, fix } of refusing(findings))
    console.error(`${rule} ${resource}: ${message}; ${fix}`);
  for (const { file, message } of failures) console.error(`${file}: ${message}`);
  if (refusing(findings).length + failures.length > 0) process.exitCode = 1;
}

void main();
