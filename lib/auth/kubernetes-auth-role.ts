import { Construct } from "constructs";
import { authPathProblems, durationProblems, repeated, seconds, type Duration, type Problem } from "../core";
import { assertProps } from "../core/props";
import { KubernetesAuthBackendRole } from "../core/terraform";
import { kubernetesAuthRoleSchema } from "./schema";

export interface KubernetesAuthRoleProps {
  /** Path of the auth method, without `auth/`. */
  readonly authPath: string;
  /** Name of the role; the agent names it when it logs in. */
  readonly name: string;
  /** The one ServiceAccount that may log in. */
  readonly serviceAccount: string;
  /** The namespace of that ServiceAccount. */
  readonly namespace: string;
  /** Audience that a token must be minted for; without one, a token minted for any other service would do. */
  readonly audience: string;
  /** Policies of the token, beside `default`, which lets it renew and revoke itself. */
  readonly policies: readonly string[];
  /**
   * How long a token lives unless it is renewed; renewed within that time it lives on. All its leases
   * end with it, so it is never shorter than theirs.
   */
  readonly tokenPeriod: Duration;
}

/** Binds one ServiceAccount of one namespace to policies. */
export class KubernetesAuthRole extends Construct {
  constructor(scope: Construct, id: string, props: KubernetesAuthRoleProps) {
    assertProps(scope, id, props, kubernetesAuthRoleSchema, kubernetesAuthRoleProblems);
    super(scope, id);
    const { authPath, name, serviceAccount, namespace, audience, policies, tokenPeriod } = props;
    new KubernetesAuthBackendRole(this, "Resource", {
      backend: authPath,
      roleName: name,
      boundServiceAccountNames: [serviceAccount],
      boundServiceAccountNamespaces: [namespace],
      audience,
      // A ServiceAccount that is made again under the same name is somebody else: it does not inherit
      // the identity, and what was attached to it, of the one that was deleted.
      aliasNameSource: "serviceaccount_uid",
      tokenPolicies: [...policies],
      tokenPeriod: seconds(tokenPeriod),
    });
  }
}

/** Everything that is wrong with the props of {@link KubernetesAuthRole}. */
export function kubernetesAuthRoleProblems(props: KubernetesAuthRoleProps): Problem[] {
  const { authPath, name, serviceAccount, namespace, audience, policies, tokenPeriod } = props;
  return [
    ...authPathProblems("authPath", authPath),
    ...vaultNameProblems("name", name),
    ...exactNameProblems("serviceAccount", serviceAccount),
    ...exactNameProblems("namespace", namespace),
    ...audienceProblems("audience", audience),
    ...policyProblems(policies),
    ...durationProblems("tokenPeriod", tokenPeriod),
  ];
}

/** Vault stores names of roles and policies in lower case; upper case would come back as a change. */
function vaultNameProblems(property: string, name: string): Problem[] {
  if (/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(name)) return [];
  return [
    {
      property,
      must: "be lower-case letters, digits, '_', '-' and '.', with neither '-' nor '.' at either end: Vault stores it in lower case",
      got: name,
      fix: "rename it",
    },
  ];
}

/** A name that binds one object: Vault would take `*` for any, and `prod-*` for whatever is called so one day. */
function exactNameProblems(property: string, name: string): Problem[] {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length <= 253) return [];
  return [
    {
      property,
      must: "be one exact name: lower-case letters, digits, '-' and '.', no wildcard",
      got: name,
      fix: "name the one that may log in; others get a role of their own",
    },
  ];
}

/** Whether it may be the audience of a token. */
export function audienceProblems(property: string, audience: string): Problem[] {
  if (/^[\w.:/-]+$/.test(audience)) return [];
  return [
    {
      property,
      must: "be the audience of the pods' tokens: letters, digits and . _ : / -",
      got: audience,
      fix: 'name it after Vault, such as "vault"',
    },
  ];
}

function policyProblems(policies: readonly string[]): Problem[] {
  const must = "name at least one policy, each once";
  const fix = "name the policy that reads the service's credentials";
  const list =
    policies.length > 0 && repeated(policies).length === 0
      ? []
      : [{ property: "policies", must, got: policies, fix }];
  return [...list, ...policies.flatMap((policy, index) => policyNameProblems(`policies[${index}]`, policy))];
}

function policyNameProblems(property: string, policy: string): Problem[] {
  if (policy !== "root") return vaultNameProblems(property, policy);
  const fix = "name a policy that allows what the service needs";
  return [{ property, must: "not be the policy that allows everything", got: policy, fix }];
}
