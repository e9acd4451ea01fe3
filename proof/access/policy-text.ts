import type { Policy } from "./graph";
import { parseHcl } from "./hcl";
import { policyRules, type PolicyRule } from "./policy";
import { asText } from "./read";
import type { TerraformResource } from "./terraform/configuration";
import { syntaxFailure } from "./terraform/syntax";
import type { ReadFailure } from "./text-file";
import { isUnknown, known, type Known } from "./value";

/** The policies of a configuration, read as Vault reads them: as JSON or as HCL. */
export async function readPolicies(
  resources: readonly TerraformResource[],
): Promise<{ policies: Policy[]; failures: ReadFailure[] }> {
  const failures: ReadFailure[] = [];
  const policies: Policy[] = [];
  for (const { mode, type, origin, body } of resources) {
    if (mode !== "managed" || type !== "vault_policy") continue;
    const name = asText(body.name);
    const text = asText(body.policy);
    const rules = await readRules(text).catch((error: unknown) => {
      const kind = typeof text === "string" && isJson(text) ? "policy.json" : "policy.hcl";
      const { message: reason } = syntaxFailure(kind, known(text) ?? "", error);
      const message = `the policy of ${origin.address} cannot be read: ${reason}`;
      failures.push({ file: origin.file, line: origin.line, message });
      return undefined;
    });
    policies.push({ origin, name: typeof name === "string" ? name.toLowerCase() : name, rules });
  }
  return { policies, failures };
}

async function readRules(text: Known<string>): Promise<PolicyRule[] | undefined> {
  if (text === undefined || isUnknown(text)) return undefined;
  return policyRules(isJson(text) ? JSON.parse(text) : await parsePolicy(text));
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith("{");
}

async function parsePolicy(text: string): Promise<unknown> {
  return text.trim() === "" ? { path: {} } : parseHcl("policy.hcl", text);
}
