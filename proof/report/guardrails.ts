import { helmValue, isUnknown, known, asText, type AccessGraph, type Known, type Origin } from "../access";
import type { Context, Finding, Limits } from "../rules";
import { pairs } from "../rules/parity/services";
import { injected } from "../rules/lifecycle/pods";
import { runsServer, vaultReleases } from "../rules/vault/releases";
import { duration, listed } from "../rules/words";
import { allOf, NO, notKnown, type Certain } from "./answer";
import type { GuardrailReport } from "./model";

/** Which rules hold a configuration to which limit. */
const RULES: Readonly<Record<keyof Limits, readonly string[]>> = {
  maxTtl: ["ttl/beyond-guardrail"],
  vault: [
    "vault/dev-mode",
    "vault/one-replica",
    "vault/open-to-everybody",
    "vault/injector-replicas",
    "vault/publishes-not-ready",
    "vault/network-policy",
    "vault/webhook-lets-pods-through",
  ],
  transport: [
    "transport/sslmode",
    "transport/vault-over-http",
    "transport/tls-skip-verify",
    "transport/tls-disabled",
  ],
  auditDevices: ["vault/audit-devices"],
  replicas: ["vault/few-replicas"],
  protection: ["connection/replaceable"],
  parity: ["parity/format", "parity/grants", "parity/injection", "parity/missing"],
};

/** Whether each limit holds, by what the rules found and by what there was to be judged. */
export function guardrailsOf(
  graph: AccessGraph,
  findings: readonly Finding[],
  context: Context,
  readWhole: Certain,
): GuardrailReport[] {
  const { limits } = context;
  return (Object.keys(RULES) as (keyof Limits)[]).map((guardrail) => {
    const against = findings.filter(({ rule }) => RULES[guardrail].includes(rule));
    const asked = limits[guardrail];
    return {
      guardrail,
      asked: guardrail === "maxTtl" ? duration(limits.maxTtl) : String(asked),
      met:
        asked === "any" || asked === 0
          ? { value: "not-asked" }
          : met(guardrail, graph, against, context, readWhole),
      rules: RULES[guardrail],
    };
  });
}

function met(
  guardrail: keyof Limits,
  graph: AccessGraph,
  against: readonly Finding[],
  context: Context,
  readWhole: Certain,
): GuardrailReport["met"] {
  if (against.some(({ waived }) => waived === null)) return NO;
  const { subjects, none } = judgedBy(guardrail, graph, context);
  const judged = allOf(subjects, none, ({ at, doubt }) => doubt && `${at}: ${doubt}`);
  if (judged.value === "not-known") return judged;
  if (readWhole.value === "not-known") return notKnown(readWhole.reason);
  return against.length > 0 ? { value: "waived" } : judged;
}

/** Something that a limit is about; a doubt where the value that decides is not there. */
interface Subject {
  readonly at: string;
  readonly doubt?: string | undefined;
}

/** What there is to be judged by a limit, and what to say where there is nothing. */
function judgedBy(
  guardrail: keyof Limits,
  graph: AccessGraph,
  { predecessor, limits }: Context,
): { readonly subjects: readonly Subject[]; readonly none: string } {
  switch (guardrail) {
    case "maxTtl":
      return {
        subjects: graph.databaseRoles.map(({ origin, defaultTtl, maxTtl }) =>
          subject(origin, { default_ttl: defaultTtl, max_ttl: maxTtl }),
        ),
        none: "no database role was read",
      };
    case "vault":
      return { subjects: servers(graph), none: NO_VAULT };
    case "auditDevices":
      return {
        // Devices that are here say nothing of those that whoever runs Vault keeps elsewhere.
        subjects: graph.auditDevices.map(({ origin, type }) => subject(origin, { type })),
        none: vaultReleases(graph).some(runsServer) ? "no audit device was read" : NO_AUDIT,
      };
    case "transport":
      return transport(graph);
    case "replicas":
      return {
        subjects: injected(graph)
          .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
          .map(({ origin, fewest }) => ({
            ...subject(origin, { replicas: fewest }),
            ...(fewest === undefined && { doubt: "it does not say how many replicas it has" }),
          })),
        none: "no Deployment or StatefulSet that gets an agent was read",
      };
    case "protection":
      return {
        subjects: [...graph.mounts, ...graph.connections].map(({ origin }) => ({ at: origin.address })),
        none: "neither a mount nor a connection was read",
      };
    case "parity":
      return {
        subjects:
          predecessor === undefined
            ? []
            : [...pairs(graph, predecessor.graph)].map(([{ workload, databaseRole }]) => ({
                at: workload.origin.address,
                doubt: databaseRole === undefined ? "its database role was not read" : undefined,
              })),
        none:
          predecessor === undefined
            ? "there is no environment before it"
            : `no service is in ${predecessor.name} too`,
      };
    default:
      return {
        subjects: [],
        none: `nothing is known of ${String(guardrail satisfies never)} (${listed(Object.keys(limits))})`,
      };
  }
}

const NO_VAULT = "Vault itself is installed elsewhere, and how it runs was not read";
const NO_AUDIT = "no audit device was read, and Vault is installed elsewhere";

function subject({ address }: Origin, values: Readonly<Record<string, Known<string | number>>>): Subject {
  const unknown = Object.entries(values).find(([, value]) => isUnknown(value));
  const [name, value] = unknown ?? [];
  return {
    at: address,
    doubt: isUnknown(value) ? `${name} is ${value.expression}, known only at apply` : undefined,
  };
}

function servers(graph: AccessGraph): Subject[] {
  return vaultReleases(graph)
    .filter(runsServer)
    .map((release) => ({
      at: release.origin.address,
      doubt: release.incomplete ? "some of its values are known only at apply" : undefined,
    }));
}

/** Both ways have to be seen: to PostgreSQL, and to Vault, which hands out what opens it. */
function transport(graph: AccessGraph): ReturnType<typeof judgedBy> {
  const connections = graph.connections.map(({ origin, url }) => ({
    ...subject(origin, { connection_url: url }),
    ...(url === undefined && { doubt: "it says no connection_url" }),
  }));
  const provided = graph.terraform.providers
    .filter(({ name }) => name === "vault")
    .map(({ origin, body }) => ({
      ...subject(origin, { address: asText(body.address) }),
      ...(body.address === undefined && {
        doubt: "its address is the variable VAULT_ADDR of whoever applies",
      }),
    }));
  const announced = injected(graph)
    .filter(({ pod }) => pod.injection.address !== undefined)
    .map(({ origin, pod }) => subject(origin, { "vault.hashicorp.com/service": pod.injection.address }));
  const external = vaultReleases(graph)
    .filter((release) => !runsServer(release))
    .map((release) => ({
      at: release.origin.address,
      doubt:
        release.incomplete || externalAddress(release) === undefined
          ? "Vault's address is known only at apply"
          : undefined,
    }));
  const vault = [...servers(graph), ...provided, ...announced, ...external];
  const [noConnection, noVault] = [connections.length === 0, vault.length === 0];
  if (noConnection && noVault)
    return { subjects: [], none: "neither a connection nor the way to Vault was read" };
  return {
    subjects: noConnection || noVault ? [] : [...connections, ...vault],
    none: noConnection ? "no connection to PostgreSQL was read" : "the way to Vault was not read",
  };
}

function externalAddress(release: Parameters<typeof runsServer>[0]): string | undefined {
  return ["global.externalVaultAddr", "injector.externalVaultAddr"]
    .map((path) => known(asText(helmValue(release, path))))
    .find((address) => address !== undefined);
}
