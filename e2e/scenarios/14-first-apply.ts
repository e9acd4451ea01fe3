import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Environment } from "../../lib/environment/environment";
import type { Bench } from "../bench";
import { readAuditLog, type AuditEntry } from "../servers/audit-log";
import { VaultServer } from "../servers/vault";
import { freePorts } from "../support/ports";
import type { Terraform } from "../terraform";
import type { Scenario } from "./scenario";

const TIMES = 20;
const ENVIRONMENT = "first";
const STACK = `${ENVIRONMENT}-platform`;
/** What a first apply has left half done when it met a device that was being set up. */
const PATHS = ["sys/mounts/database", "sys/auth/kubernetes"];

/** The platform's first apply again and again, on a Vault of its own: what is made beside a device fails now and then. */
export const firstApply: Scenario = {
  name: "first-apply",
  title: `the platform is applied from nothing ${TIMES} times: Vault can record all of it, and all of its destruction`,
  async run(bench, measurements) {
    const vault = await startVault(bench);
    try {
      const terraform = await platform(bench, vault);
      const seconds: number[] = [];
      let failed = 0;
      for (let turn = 0; turn < TIMES; turn += 1) {
        const startedAt = Date.now();
        const { code } = await terraform.run(STACK, ["apply", "-auto-approve", "-no-color"]);
        seconds.push((Date.now() - startedAt) / 1000);
        // What has failed goes on from where it is, so that the others begin with nothing all the same.
        if (code !== 0) failed += 1;
        await terraform.destroy(STACK);
      }
      const errors = auditErrors(vault);
      measurements.add("apply of the platform", seconds, "s");
      measurements.note("applies, failed", `${TIMES}, ${failed}`);
      measurements.note("audit errors in Vault's log", String(errors.length));
      assert.equal(failed, 0, "applies failed");
      assert.deepEqual(errors, [], "Vault could not audit");
      for (const file of auditFiles(vault)) assertRecorded(readAuditLog(file));
    } finally {
      await vault.stop();
    }
  },
};

async function startVault({ directory, cluster: { authority } }: Bench): Promise<VaultServer> {
  const [port = 0, clusterPort = 0] = await freePorts(2);
  return VaultServer.start({
    directory: path.join(directory, "first-apply"),
    port,
    clusterPort,
    authority,
    certificate: await authority.issue("vault-first-apply", { commonName: "vault" }),
  });
}

/** Two devices, and all of a platform but its databases, each of which would want a new first password every time. */
async function platform(bench: Bench, vault: VaultServer): Promise<Terraform> {
  const { environment } = bench;
  const terraform = bench.terraformIn(path.join("first-apply", "terraform"), vault.client.token);
  const [first = "", second = ""] = auditFiles(vault);
  const declared: Environment = {
    ...environment,
    name: ENVIRONMENT,
    vault: {
      ...environment.vault,
      mode: "external",
      address: vault.address,
      transport: { kind: "tls", caCertificate: bench.cluster.authority.certificate },
      injector: { kind: "existing" },
      audit: [
        { kind: "file", path: first },
        { kind: "file", name: "second", path: second },
      ],
    },
    databases: [],
    services: [],
  };
  assert.deepEqual(await terraform.synthesize(declared), [STACK]);
  return terraform;
}

function auditFiles({ auditFile }: VaultServer): string[] {
  return [auditFile, auditFile.replace(/\.log$/, "-second.log")];
}

/** The lines by which Vault says that it could not write an entry, to one device or to all. */
function auditErrors({ logFile }: VaultServer): string[] {
  return fs
    .readFileSync(logFile, "utf8")
    .split("\n")
    .filter((line) => /^\S+ \[(ERROR|WARN)\].*(audit|log (request|response))/i.test(line));
}

/** Both devices have seen each of the paths come and go, every time. */
function assertRecorded(entries: readonly AuditEntry[]): void {
  for (const path of PATHS) {
    const answered = entries.filter(
      ({ type, error, request }) => type === "response" && error === undefined && request.path === path,
    );
    const count = (operations: readonly string[]) =>
      answered.filter(({ request }) => operations.includes(request.operation)).length;
    assert.equal(count(["create", "update"]), TIMES, `entries of ${path} made`);
    assert.equal(count(["delete"]), TIMES, `entries of ${path} deleted`);
  }
}
