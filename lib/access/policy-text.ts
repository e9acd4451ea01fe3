import type { Policy } from "./graph";
import { parseHcl } from "./hcl";
import { policyRules, type PolicyRule } from "./policy";
import { asText } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import type { ReadFailure } from "./text-file";
import { isUnknown, type Known } from "./value";

/** The policies of a configuration, read as Vault reads them: as JSON or as HCL. */
export async function readPolicies(
  resources: readonly TerraformResource[],
): Promise<{ policies: Policy[]; failures: ReadFailure[] }> {
  const failures: ReadFailure[] = [];
  const policies: Policy[] = [];
  for (const { mode, type, origin, body } of resources) {
    if (mode !== "managed" || type !== "vault_policy") continue;
    const name = asText(body.name);
    const rules = await readRules(asText(body.policy)).catch((error: unknown) => {
      const message = `the policy of ${origin.address} cannot be read: ${messageOf(error)}`;
      failures.push({ file: origin.file, line: origin.line, message });
      return undefined;
    });
    policies.push({ origin, name: typeof name === "string" ? name.toLowerCase() : name, rules });
  }
  return { policies, failures };
}

async function readRules(text: Known<string>): Promise<PolicyRule[] | undefined> {
  if (text === undefined || isUnknown(text)) return undefined;
  return policyRules(text.trimStart().startsWith("{") ? JSON.parse(text) : await parsePolicy(text));
}

async function parsePolicy(text: string): Promise<unknown> {
  return text.trim() === "" ? { path: {} } : parseHcl("policy.hcl", text);
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? text;
}
