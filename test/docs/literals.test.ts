import fs from "node:fs";
import { blocks, type Block } from "../support/pages";
import { Project } from "../support/project";

/** What a block of a page stands in: it is pasted there as it is, but for `…`, which is what the reader has already. */
const PLACES: readonly [page: string, begins: RegExp, paste: (block: string) => string, of?: string][] = [
  ["README.md", /^services: \[/, (block) => block],
  [
    "docs/runbooks/services.md",
    /^{/,
    (block) => `services: [${block.replace(/{ (.*), … }/, "{ ...orders, $1 }")}],`,
  ],
  [
    "docs/grants.md",
    /^grants: \[/,
    (block) => `services: [{ ...orders, access: [{ database: "shop", ${block} }] }],`,
  ],
  ["docs/runbooks/migration.md", /^migration:/, (block) => `services: [{ ...orders, ${block} }],`],
  ["docs/runbooks/destroy.md", /^protection:/, (block) => `guardrails: relaxed, ${block}`],
  [
    "docs/workloads.md",
    /^workload:/,
    (block) =>
      `guardrails: { ...each.guardrails, replicas: 1, parity: "any" }, services: [{ ...orders, ${block} }],`,
  ],
  [
    "docs/workloads.md",
    /^migration:/,
    (block) => `guardrails: { ...each.guardrails, parity: "any" }, services: [{ ...orders, ${block} }],`,
  ],
  ["docs/proof.md", /^guarantees: \[/, (block) => block],
  ["docs/people.md", /^people: \[/, (block) => `provenIn: undefined, ${block}`, "[production]"],
  [
    "docs/endpoints.md",
    /^databases: \[/,
    (block) => `provenIn: undefined, ${block.replaceAll("...shop", "...each.databases[0]!")}`,
    "[production]",
  ],
  ["docs/providers.md", /^providers: {/, (block) => block],
  [
    "docs/connections.md",
    /^databases: \[/,
    (block) => `provenIn: undefined, ${block.replace('name: "shop", …', "...each.databases[0]!")}`,
    "[production]",
  ],
  [
    "docs/external-vault.md",
    /^vault: {/,
    (block) =>
      `provenIn: undefined, guardrails: relaxed, cluster: { ...each.cluster, caCertificate: vaultCa }, ${block}`,
    "[production]",
  ],
  [
    "docs/endpoints.md",
    /^endpoints: \[/,
    (block) => `provenIn: undefined, databases: [{ ...each.databases[0]!, ${block} }],`,
    "[production]",
  ],
  [
    "docs/clusters.md",
    /^clusters: \[/,
    (block) =>
      `cluster: undefined, provenIn: undefined, vault: {
        mode: "external",
        address: "https://vault.acme.internal:8200",
        transport: { kind: "tls", caCertificate: vaultCa },
        injector: { kind: "install" },
        audit: [
          { kind: "file", path: "/vault/audit/audit.log" },
          { kind: "socket", address: "audit.acme.internal:9090", socketType: "tcp" },
        ],
      }, ${block}`,
    "[production]",
  ],
];

// The pages of packages have programs of their own, which their own tests run.
const literals = blocks().filter(
  ({ language, page }) => language === "ts" && !/^(clients|proof)\//.test(page),
);

let project: Project;
beforeAll(() => void (project = new Project()));
afterAll(() => project.remove());

/** The example environments, each with the block in its place, as TypeScript. */
function pasted({ page, line, text }: Block): string {
  const place = PLACES.find(([known, begins]) => known === page && begins.test(text));
  if (!place) throw new Error(`${page}:${line}: a literal that no test knows where to paste`);
  const [, , paste, of = "[staging, production]"] = place;
  return `${of}.map((each): DeclaredEnvironment => {
    const [orders, ...others] = each.services as [EnvironmentService, ...EnvironmentService[]];
    void others;
    return { ...each, ${paste(text)} };
  })`;
}

test("every literal of a page type-checks where the page says that it goes, and synthesizes", () => {
  const program = `
    import { relaxed, synthesize, type DeclaredEnvironment, type EnvironmentService } from "leasehold";
    import { vaultCa } from "./stacks/certificates";
    import { production } from "./stacks/production";
    import { staging } from "./stacks/staging";
    const pages: Record<string, readonly DeclaredEnvironment[]> = {
      ${literals.map((block) => `"${block.page}:${block.line}": ${pasted(block)},`).join("\n")}
    };
    async function main(): Promise<void> {
      for (const [page, environments] of Object.entries(pages))
        await synthesize(environments, page.replace(/[^a-z0-9]+/gi, "-")).then(
          () => console.log(page, "synthesizes"),
          (error: Error) => console.log(page, error),
        );
    }
    void [relaxed, vaultCa];
    void main();`;
  fs.writeFileSync(project.path("main.ts"), program);
  expect(project.run(["synth"])).toMatchObject({
    stdout: literals.map(({ page, line }) => `${page}:${line} synthesizes\n`).join(""),
    stderr: "",
    status: 0,
  });
}, 120_000);
