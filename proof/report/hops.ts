import { known, type Chain } from "../access";
import { duration, listed } from "../rules/words";
import { isNotKnown } from "./answer";
import type { DeliveryStep } from "./delivery";
import { shownLogin } from "./login";
import type { AccessReport, Hop, LoginReport, Place, Privilege } from "./model";
import { counted, groupedBy, placeOf, shownVerb, textOf } from "./words";

type Way = Omit<AccessReport, "hops">;

/** A chain one step after the other, each with the text that makes it so. */
export function hopsOf(chain: Chain, way: Way, delivery: readonly DeliveryStep[]): Hop[] {
  return [
    podHop(chain, way),
    ...delivery.flatMap(agentHop),
    accountHop(chain),
    ...(way.login ? [loginHop(way.login)] : []),
    ...way.policies.map(policyHop),
    ...roleHops(way),
    ...grantHops(way.privileges),
  ];
}

function podHop({ workload }: Chain, { file, credsPath }: Way): Hop {
  const replicas = known(workload.replicas);
  const pods = replicas === undefined ? "how many pods is not known" : counted(replicas, "pod");
  return {
    kind: "pod",
    text: `${workload.kind} ${textOf(workload.name)} (${pods}) reads ${credsPath} into ${file}`,
    place: placeOf(workload.origin),
    statements: [],
  };
}

/** What keeps an agent away, or may; that one comes is told by what it does. */
function agentHop({ question, answer, refusal }: DeliveryStep): Hop[] {
  if (answer.value === "yes") return [];
  const text =
    answer.value === "no"
      ? `no agent reaches Vault from them: ${refusal}`
      : `whether ${question} is not known: ${answer.reason}`;
  return [{ kind: "agent", text, place: null, statements: [] }];
}

function accountHop({ workload, serviceAccount }: Chain): Hop {
  const name = textOf(workload.pod.serviceAccount) ?? "default";
  const token = workload.pod.volumes.flatMap(({ tokens }) => tokens)[0];
  const audience = textOf(token?.audience);
  return {
    kind: "service-account",
    text: `it runs as the ServiceAccount ${textOf(workload.namespace) ?? "default"}/${name}, ${audience === null ? "with a token for the API server" : `with a projected token for the audience ${audience}`}`,
    place: serviceAccount ? placeOf(serviceAccount.origin) : null,
    statements: [],
  };
}

function loginHop(login: LoginReport): Hop {
  const { serviceAccounts, namespaces, audience, policies, place } = login;
  return {
    kind: "auth-role",
    text: `${shownLogin(login)} takes ${listed(serviceAccounts) || "no ServiceAccount"} of ${listed(namespaces) || "no namespace"} with the audience ${audience ?? "of anybody"}, and gives the policies ${listed(policies) || "of nobody"}`,
    place,
    statements: [],
  };
}

function policyHop({ name, rules, place }: AccessReport["policies"][number]): Hop {
  const statements = rules.map(
    ({ path, capabilities }) => `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`,
  );
  return {
    kind: "policy",
    text: `the policy ${name} ${rules.length === 0 ? "says nothing of the path" : "opens the path"}`,
    place,
    statements,
  };
}

function roleHops({ role, timeline, whole }: Way): Hop[] {
  if (role === null) return [];
  const ttl = isNotKnown(timeline) ? undefined : timeline.numbers;
  const lives = ttl
    ? `, for ${duration(ttl.defaultTtl.value)}, renewed up to ${duration(ttl.maxTtl.value)}`
    : "";
  const groups = role.groupRoles.length === 0 ? "" : `; each is a member of ${listed(role.groupRoles)}`;
  const { connection } = role;
  return [
    {
      kind: "database-role",
      text: `Vault creates a user by ${role.mount}/roles/${role.name}${lives}${groups}`,
      place: role.place,
      statements: role.creation,
    },
    ...(connection
      ? [
          {
            kind: "connection" as const,
            text: `in PostgreSQL by the connection ${connection.name}, as ${connection.login ?? "a login that is not said"}`,
            place: connection.place,
            statements: [],
          },
        ]
      : []),
    ...(whole.value === "yes"
      ? []
      : [
          {
            kind: "group-role" as const,
            text: `what else it may do is not known: ${whole.reason}`,
            place: null,
            statements: [],
          },
        ]),
  ];
}

function grantHops(privileges: readonly Privilege[]): Hop[] {
  const byHolder = groupedBy(
    privileges,
    ({ via, place, by }) => `${via} ${place.file} ${by === "replication"}`,
  );
  return [...byHolder.values()].map((own) => {
    const { via, place, by } = own[0] as Privilege;
    // An attribute of the user is of no table more than of another.
    const ofUser = by === "replication" ? "database-role" : "grant";
    return {
      kind: via === null ? ofUser : "group-role",
      text: grantText(via, own),
      place: place satisfies Place,
      statements: [...new Set(own.map(({ statement }) => statement))],
    };
  });
}

function grantText(via: string | null, own: readonly Privilege[]): string {
  if (own.some(({ by }) => by === "replication"))
    return `${via === null ? "the user itself" : `the role ${via}`} has REPLICATION and reads each change of every table, whatever it is granted`;
  if (via === null) return `the user itself is granted ${summary(own)}`;
  if (via === "PUBLIC") return `everybody who connects is granted ${summary(own)}`;
  const owners = [...new Set(own.flatMap(({ by, owner }) => (by === "ownership" ? (owner ?? []) : [])))];
  const acts = owners.filter((owner) => owner !== via);
  const path = own[0]?.path ?? [];
  const way = path.length > 1 ? `, which it is by way of ${listed(path.slice(0, -1))},` : "";
  if (acts.length > 0)
    return `the group role ${via} may become ${listed(acts)}, and its credentials do: they may read, write, change and drop whatever that role owns`;
  return `the ${owners.length > 0 ? "owner" : "group role"} ${via}${way} ${owners.length > 0 ? "may" : "is granted"} ${summary(own)}`;
}

function shownHeld(privilege: Privilege): string {
  const { holds } = privilege;
  return `${shownVerb(privilege)}${holds.value === "yes" ? "" : ` (not known: ${holds.reason})`}`;
}

function summary(privileges: readonly Privilege[]): string {
  const byTable = groupedBy(privileges, ({ table, schema }) =>
    schema === null ? table : `${schema}.${table}`,
  );
  return [...byTable].map(([table, own]) => `${own.map(shownHeld).join(", ")} on ${table}`).join("; ");
}
