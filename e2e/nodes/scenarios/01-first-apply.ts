import assert from "node:assert/strict";
import type { Scenario } from "../../scenarios/scenario";
import { FIRST_PASSWORD, STACKS, type NodesBench } from "../bench";
import { VAULT_TLS_SECRET } from "../environment";
import { pageBlocks } from "../../support/page-blocks";
import { runbookCommand } from "../runbook";
import { initialise, threeVoters } from "../vault-servers";

const INSTALL = "install-vault.md";

/** From an empty cluster to ready pods: all three stacks, and the runbooks between them. */
export const nodesFirstApply: Scenario<NodesBench> = {
  name: "nodes-first-apply",
  title:
    "the chart, three unsealed servers and ready pods, by terraform apply and the commands of the runbooks",
  async run(bench, measurements) {
    const { terraform } = bench;
    assert.deepEqual(await terraform.synthesize(bench.environment), Object.values(STACKS));
    await bench.prepareDatabase();
    const took = async (what: string, action: () => Promise<unknown>) => {
      const startedAt = Date.now();
      await action();
      measurements.add(what, (Date.now() - startedAt) / 1000, "s");
    };
    await installCertificate(bench);
    await took("apply of Vault's chart", () => terraform.apply(STACKS.vault));
    await took("init, unseal, three voters", async () => {
      await initialise(bench);
      await threeVoters(bench);
    });
    await terraform.assertNothingToDo(STACKS.vault, "the second plan of Vault's stack is not empty");
    terraform.setVaultToken(await pipelineToken(bench));
    await took("apply of the platform", () =>
      terraform.apply(STACKS.platform, { shop_password: FIRST_PASSWORD }),
    );
    await took("apply of the services, until all pods are available", () => terraform.apply(STACKS.services));
    for (const stack of Object.values(STACKS))
      await terraform.assertNothingToDo(stack, `the second plan of ${stack} is not empty`);
  },
};

async function installCertificate(bench: NodesBench): Promise<void> {
  await bench.operator(runbookCommand(INSTALL, "1. The certificate", "kubectl create namespace"));
  const { authority } = bench.cluster;
  const { certificateFile, keyFile } = await authority.issue("vault-server", {
    commonName: "vault",
    names: [
      { type: "dns", value: "vault.vault.svc" },
      { type: "dns", value: "vault-active.vault.svc" },
      { type: "ip", value: "127.0.0.1" },
    ],
  });
  const files = { "tls.crt": certificateFile, "tls.key": keyFile, "ca.crt": authority.certificateFile };
  const from = Object.entries(files).map(([key, file]) => `--from-file=${key}=${file}`);
  await bench.kubectl("-n", "vault", "create", "secret", "generic", VAULT_TLS_SECRET, ...from);
}

/** What Terraform may do is what the page's policy says, and nothing else. */
async function pipelineToken(bench: NodesBench): Promise<string> {
  const [policy] = pageBlocks(`docs/runbooks/${INSTALL}`, "4. A login for the pipeline", "hcl");
  assert.ok(policy, "the page has no policy");
  await bench.vault().write("sys/policies/acl/leasehold-pipeline", { policy });
  const { auth } = await bench
    .vault()
    .write("auth/token/create", { policies: ["leasehold-pipeline"], ttl: "2h" });
  assert.ok(auth);
  return auth.client_token;
}
