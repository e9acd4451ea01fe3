import { ownValue } from "../own";
import type { ReadFailure, TextFile } from "../text-file";
import { Unknown, type Value } from "../value";
import type { ValueObject } from "../read";
import type {
  TerraformAction,
  TerraformConfiguration,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformVariable,
} from "./configuration";

interface PlannedModule {
  readonly resources?: readonly PlannedResource[];
  readonly child_modules?: readonly PlannedModule[];
}

interface PlannedResource {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly values?: Record<string, unknown>;
  readonly sensitive_values?: unknown;
}

/** An action that an apply of the plan does. */
interface PlannedAction {
  readonly address: string;
  readonly type: string;
  readonly config_values?: Record<string, unknown>;
  readonly config_sensitive?: unknown;
  readonly config_unknown?: unknown;
}

interface Plan {
  readonly planned_values?: {
    root_module?: PlannedModule;
    outputs?: Record<string, { sensitive?: boolean }>;
  };
  readonly values?: { root_module?: PlannedModule; outputs?: Record<string, { sensitive?: boolean }> };
  readonly prior_state?: { values?: { root_module?: PlannedModule } };
  readonly action_invocations?: readonly PlannedAction[];
  readonly resource_changes?: readonly { address: string; change: { after_unknown?: unknown } }[];
  readonly configuration?: {
    readonly provider_config?: Record<string, { name: string; expressions?: Record<string, unknown> }>;
    readonly root_module?: {
      readonly variables?: Record<string, { default?: Value; sensitive?: boolean; ephemeral?: boolean }>;
      readonly outputs?: Record<string, { expression?: { references?: readonly string[] } }>;
    };
  };
}

/** What `terraform show -json` says of a plan or a state. Values that it marks as sensitive are left behind. */
export function readPlan({ file, text }: TextFile): TerraformConfiguration | ReadFailure {
  let plan: Plan;
  try {
    plan = JSON.parse(text) as Plan;
  } catch {
    return { file, message: "this is no JSON" };
  }
  const unknown = new Map(
    (plan.resource_changes ?? []).map(({ address, change }) => [address, change.after_unknown]),
  );
  const values = plan.planned_values ?? plan.values;
  const resources = [
    ...resourcesOf(values?.root_module),
    ...resourcesOf(plan.prior_state?.values?.root_module).filter(({ mode }) => mode === "data"),
  ];
  const { configuration } = plan;
  return {
    resources: resources.map((resource) => readResource(resource, unknown.get(resource.address), file)),
    actions: (plan.action_invocations ?? []).map((action) => readAction(action, file)),
    variables: Object.entries(configuration?.root_module?.variables ?? {}).map(
      ([name, { default: value, sensitive = false, ephemeral = false }]): TerraformVariable => ({
        origin: { address: `var.${name}`, file },
        name,
        sensitive,
        ephemeral,
        ...(value !== undefined && { default: value }),
      }),
    ),
    outputs: Object.entries(values?.outputs ?? {}).map(([name, { sensitive = false }]): TerraformOutput => {
      const references =
        ownValue(configuration?.root_module?.outputs ?? {}, name)?.expression?.references ?? [];
      const written = references.map((reference) => `\${${reference}}`).join("");
      return {
        origin: { address: `output.${name}`, file },
        name,
        sensitive,
        written,
        value: new Unknown(written),
      };
    }),
    providers: Object.entries(configuration?.provider_config ?? {}).map(
      ([key, { name, expressions = {} }]): TerraformProvider => ({
        origin: { address: `provider.${key}`, file },
        name,
        body: constants(expressions),
      }),
    ),
    settings: [],
    others: [],
    unresolvedModules: [],
  };
}

function resourcesOf(module: PlannedModule | undefined): PlannedResource[] {
  return [...(module?.resources ?? []), ...(module?.child_modules ?? []).flatMap(resourcesOf)];
}

function readResource(
  { address, mode, type, values = {}, sensitive_values: sensitive }: PlannedResource,
  unknown: unknown,
  file: string,
): TerraformResource {
  const expression = `\${${address}}`;
  const body = masked(masked(values, unknown, expression), sensitive, expression) as Record<string, Value>;
  return { origin: { address, file }, mode, type, body, written: body };
}

function readAction(action: PlannedAction, file: string): TerraformAction {
  const { address, type, config_values: values = {}, config_sensitive: sensitive } = action;
  const expression = `\${${address}}`;
  const config = masked(masked(values, action.config_unknown, expression), sensitive, expression);
  return { origin: { address, file }, type, config: config as ValueObject, isTriggered: true };
}

/** A value in which everything that a mask of the same shape marks is unknown, and what is null is left out. */
function masked(value: unknown, mask: unknown, expression: string): Value {
  if (mask === true) return new Unknown(expression);
  if (value instanceof Unknown) return value;
  if (Array.isArray(value)) {
    const masks = Array.isArray(mask) ? (mask as readonly unknown[]) : [];
    return value.map((each, index) => masked(each, masks[index], expression));
  }
  const masks = (typeof mask === "object" && mask !== null ? mask : {}) as Record<string, unknown>;
  if (typeof value !== "object" && value !== null && value !== undefined) return value as Value;
  const keys = new Set([...Object.keys(value ?? {}), ...Object.keys(masks)]);
  if ((value === null || value === undefined) && keys.size === 0) return null;
  const entries = [...keys].map(
    (key) =>
      [
        key,
        masked(ownValue((value ?? {}) as Record<string, unknown>, key), ownValue(masks, key), expression),
      ] as const,
  );
  return Object.fromEntries(entries.filter(([, each]) => each !== null));
}

/** What a provider is given as constants; the rest is not known. */
function constants(expressions: Record<string, unknown>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(expressions).map(([name, expression]) => {
      if (Array.isArray(expression)) {
        return [name, expression.map((each) => constants(each as Record<string, unknown>))];
      }
      const { constant_value: constant } = expression as { constant_value?: Value };
      return [name, constant ?? new Unknown(`\${${name}}`)];
    }),
  );
}
