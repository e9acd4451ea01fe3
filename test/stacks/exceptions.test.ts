import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Environment, EnvironmentService } from "../../lib/environment/environment";
import { prove } from "../../lib/synth/prove";
import { synthesize } from "../../lib/synth/synthesize";
import { formatText, type Finding, type Waiver } from "../../proof/rules";
import { RefusedConfigurationError } from "../../proof/rules/refused";
import { local } from "../../template/project/stacks/local";
import { production } from "../../template/project/stacks/production";
import { staging } from "../../template/project/stacks/staging";
import { environmentWith, MADE } from "../support/environment";

const REASON = "a singleton: a second one would do the work twice";
const [shop] = production.databases as [Environment["databases"][0]];

/** Production, with something else for two of its services. */
function bothWith(change: Partial<EnvironmentService>): Environment {
  const services = production.services.map((each) =>
    each.name === "analytics" ? each : { ...each, ...change },
  );
  return environmentWith({ services });
}

/** `rule resource` */
type Beyond = `${string} ${string}`;

/** What is beyond a guardrail in several places: those that are excepted, and their neighbours. */
const BEYOND: readonly (readonly [string, readonly Environment[], Beyond[], Beyond[]])[] = [
  [
    "maxTtl",
    [bothWith({ ttl: { default: "1h", max: "48h" } })],
    ["ttl/beyond-guardrail production/orders"],
    ["ttl/beyond-guardrail production/billing"],
  ],
  [
    "replicas",
    [bothWith({ workload: { kind: "deployment", image: "ghcr.io/acme/cdc:1", replicas: 1 } })],
    ["vault/few-replicas production/orders"],
    ["vault/few-replicas production/billing"],
  ],
  [
    "parity",
    [
      {
        ...bothWith({
          access: [
            { database: "shop", grants: [{ tables: ["invoices"], privileges: ["SELECT", "DELETE"] }] },
          ],
        }),
        provenIn: "staging",
      },
      staging,
    ],
    ["parity/grants production/orders"],
    ["parity/grants production/billing", "parity/format production/billing"],
  ],
  [
    "transport to Vault",
    [
      environmentWith({
        vault: {
          mode: "external",
          address: "http://vault.acme.internal:8200",
          transport: { kind: "plaintext", reason: "a tunnel of the network team" },
          injector: { kind: "existing" },
          audit: [],
        },
        cluster: {
          ...production.cluster,
          caCertificate: production.vault.mode === "ha" ? production.vault.tls.caCertificate : "",
        },
      }),
    ],
    ["transport/vault-over-http production/orders"],
    [
      "transport/vault-over-http production/billing",
      "transport/vault-over-http production/analytics",
      "transport/vault-over-http provider.vault",
    ],
  ],
  [
    "transport to PostgreSQL",
    [
      environmentWith({
        databases: [
          { ...shop, tls: { mode: "require", reason: "an old server, until spring" } },
          {
            ...shop,
            name: "old",
            username: "vault_admin_old",
            database: "old",
            tls: { mode: "require", reason: "an old server, until spring" },
          },
        ],
        services: production.services.map((each) =>
          each.name === "billing"
            ? {
                ...each,
                access: [{ database: "old", grants: [{ tables: ["invoices"], privileges: ["SELECT"] }] }],
              }
            : each,
        ),
      }),
    ],
    ["transport/sslmode production-platform/shop"],
    ["transport/sslmode production-platform/old"],
  ],
  [
    "protection",
    [environmentWith({ protection: { kind: "disposable", reason: "its leases are of no use to anybody" } })],
    ["connection/replaceable production-platform/shop"],
    [
      "connection/replaceable production-platform/SecretsEngine",
      "proof/installation production-vault/Vault/Resource",
    ],
  ],
  [
    "vault",
    [{ ...local, guardrails: { ...local.guardrails, vault: "highly-available" } }],
    ["vault/dev-mode local-vault/Vault/Resource"],
    [
      "vault/injector-replicas local-vault/Vault/Resource",
      "vault/webhook-lets-pods-through local-vault/Vault/Resource",
    ],
  ],
  [
    "auditDevices",
    [environmentWith({ vault: { ...production.vault, audit: [{ kind: "stdout" }] } })],
    [],
    // There is one Vault, and no other one is excepted.
    ["vault/audit-devices production-vault/Vault/Resource"],
  ],
];

function waiversOf(beyond: readonly Beyond[]): Waiver[] {
  return beyond.map((each) => {
    const [rule = "", resource = ""] = each.split(" ");
    return { rule, resource, reason: REASON };
  });
}

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), "leasehold-exceptions-"));
afterAll(() => fs.rmSync(outdir, { recursive: true }));

/** What is open after a synth that was refused. */
async function refusedWith(environments: readonly Environment[]): Promise<Finding[]> {
  const error: unknown = await synthesize(environments, outdir, { made: () => MADE }).catch(
    (failure: unknown) => failure,
  );
  if (!(error instanceof RefusedConfigurationError)) throw error;
  return error.found.findings.filter(({ severity, waived }) => severity === "error" && waived === null);
}

describe.each(BEYOND)("beyond the guardrail %s", (_, [environment, ...others], excepted, neighbours) => {
  const withWaivers = (beyond: readonly Beyond[]) => [
    { ...(environment as Environment), waivers: waiversOf(beyond) },
    ...others,
  ];

  test("an exception with a reason synthesizes, and is printed by each synth and each check", async () => {
    const accepted = withWaivers([...excepted, ...neighbours]);
    const synth = () => synthesize(accepted, outdir, { made: () => MADE });
    for (const { findings } of [await synth(), await synth()])
      expect(formatText({ findings, failures: [] })).toContain(`waived: ${REASON}`);
    const checked = await prove(accepted, { directory: outdir });
    for (const { rule } of waiversOf([...excepted, ...neighbours]))
      expect(checked.findings).toContainEqual(expect.objectContaining({ rule, waived: REASON }));
  });

  test("it excepts nothing else: its neighbours are refused", async () => {
    const open = await refusedWith(withWaivers(excepted));
    const held = waiversOf(neighbours);
    const isHeld = ({ rule, resource, path: at }: Finding) =>
      held.some(
        (each) =>
          each.rule === rule && (each.resource === resource || `${at}/`.startsWith(`${each.resource}/`)),
      );
    expect(open.filter((each) => !isHeld(each))).toEqual([]);
    expect(new Set(open.map(({ rule }) => rule))).toEqual(new Set(held.map(({ rule }) => rule)));
  });
});
