import { isUnknown, known, type AccessGraph } from "../access";
import { leaseBudget, serverConnections, type ConnectionBudget, type Share } from "../rules/capacity/budget";
import type { Context } from "../rules";
import { certain } from "./answer";
import type { Amount, BudgetReport } from "./model";
import { idOfPeople } from "./people";
import { serviceId } from "./services";
import { byText, placeOf, textOf } from "./words";

/** What one connection issues per second, at 20 ms each: the limit of capacity/issuance. */
const PER_SECOND = 50;

/** The lease budget of every connection that somebody uses. */
export function budgetsOf(graph: AccessGraph, { capacities, siblings }: Context): BudgetReport[] {
  return leaseBudget(graph, siblings)
    .filter(({ shares, people }) => shares.length + people.length > 0)
    .map((budget) =>
      budgetReport(budget, capacities.get(known(budget.connection.name) ?? "")?.maxConnections ?? null),
    );
}

function budgetReport(
  { connection, shares, people, liveRoles, liveRolesAfterOutage, perSecond, connections }: ConnectionBudget,
  limit: number | null,
): BudgetReport {
  const rest = (of: (share: Share) => number) => shares.reduce((total, share) => total + of(share), 0);
  const held = people.reduce((total, { credentials }) => total + credentials, 0);
  const sessions = people.reduce((total, each) => total + each.credentials * each.sessions, 0);
  const pooled = shares.some(({ pooler }) => pooler !== undefined) ? "; behind a pooler, what it opens" : "";
  const andPeople = people.length === 0 ? "" : ", and all that people may have";
  return {
    connection: textOf(connection.name) ?? "",
    place: placeOf(connection.origin),
    holds: certain([...new Set(shares.flatMap(assumptionsOf))]),
    services: [
      ...[...new Set(shares.map(({ chain }) => serviceId(chain.workload)))].sort(byText),
      ...people.map((each) => idOfPeople(textOf(each.people.group.name) ?? "")),
    ],
    liveLeases: {
      atRest: amount(
        rest(({ replicas, logins }) => replicas * logins) + held,
        `a lease per pod and login${andPeople}`,
      ),
      atRollingRestart: amount(
        liveRoles,
        `pods before and after together, while the old ones drain${andPeople}`,
      ),
      afterOutage: amount(
        liveRolesAfterOutage,
        "every pod has fetched a new one, and the old one has not ended",
      ),
    },
    credentialsPerSecond: {
      ...amount(
        Math.round(perSecond * 10_000) / 10_000,
        "each lease is created or renewed after 70 % of its default TTL",
      ),
      limit: PER_SECOND,
    },
    connections: {
      atRest: amount(
        serverConnections(shares, ({ replicas }) => replicas) + sessions,
        `a full pool per pod${pooled}${andPeople}`,
      ),
      atRollingRestart: amount(connections, `full pools of the pods before and after${pooled}${andPeople}`),
      afterOutage: amount(
        serverConnections(shares, ({ replicas }) => 2 * replicas) + sessions,
        `at most: full pools of the old user that drain beside those of the new one${pooled}${andPeople}`,
      ),
      limit,
    },
  };
}

/** What is counted in place of a number that nobody knows. */
function assumptionsOf({ chain: { workload, databaseRole, mount } }: Share): string[] {
  const { replicas } = workload;
  const ttl = databaseRole?.defaultTtl;
  return [
    ...(isUnknown(replicas)
      ? [`the number of pods of ${serviceId(workload)} is known only at apply, and one is counted`]
      : []),
    ...(isUnknown(ttl) || (!known(ttl) && mount === undefined)
      ? [`how long credentials of ${serviceId(workload)} live is not known, and 768h is counted`]
      : []),
  ];
}

function amount(value: number, reason: string): Amount {
  return { value, reason };
}
