import type { HeldPrivilege, RoleMembership, SqlRoles, TableOwner } from "./model";
import { DOUBTS, isWithin, touches } from "./model";

/** A role that a session of somebody has the privileges of. */
export interface ReachedRole {
  readonly role: string;
  /** The roles on the way, from the first membership to the role itself. */
  readonly path: readonly string[];
  /** Whether it has to become one of them by SET ROLE first. */
  readonly becomes: boolean;
  /** Whether a session can be that role, and so has its attributes, which no membership inherits. */
  readonly isSession: boolean;
  /** Why nobody can say whether it is so. */
  readonly doubt?: string;
}

/**
 * The roles whose privileges a session of `user` has or can take: by memberships that inherit, and by SET ROLE
 * along those that allow it. `PUBLIC` and the user itself are among them.
 */
export function reachedRoles({ memberships }: Pick<SqlRoles, "memberships">, user: string): ReachedRole[] {
  const byRole = new Map<string, RoleMembership[]>();
  for (const each of memberships) byRole.set(each.role, [...(byRole.get(each.role) ?? []), each]);
  const start: ReachedRole = { role: user, path: [], becomes: false, isSession: true };
  const became = closure([start], byRole, ({ sets }) => sets, true);
  const all = closure([start, ...became], byRole, ({ inherits }) => inherits, false);
  const canBe = new Set(became.map(({ role }) => role));
  return [
    ...all.map((each) => ({ ...each, isSession: canBe.has(each.role) })),
    { role: "PUBLIC", path: ["PUBLIC"], becomes: false, isSession: false },
  ];
}

/** Breadth first, so that the shortest way is told; a certain one where there is any. */
function closure(
  from: readonly ReachedRole[],
  byRole: ReadonlyMap<string, readonly RoleMembership[]>,
  follows: (membership: RoleMembership) => boolean,
  becomes: boolean,
): ReachedRole[] {
  const found = new Map<string, ReachedRole>();
  const queue = [...from];
  for (let reached = queue.shift(); reached !== undefined; reached = queue.shift()) {
    const before = found.get(reached.role);
    if (before !== undefined && isAsGood(before, reached)) continue;
    found.set(reached.role, reached);
    for (const each of (byRole.get(reached.role) ?? []).filter(follows)) {
      const doubt = reached.doubt ?? each.doubt;
      queue.push({
        role: each.of,
        path: [...reached.path, each.of],
        becomes: reached.becomes || becomes,
        isSession: becomes,
        ...(doubt !== undefined && { doubt }),
      });
    }
  }
  return [...found.values()];
}

/** A certain way is better than one that is not, and one that needs no SET ROLE better than one that does. */
function isAsGood(a: ReachedRole, b: ReachedRole): boolean {
  const rank = ({ doubt, becomes }: ReachedRole) => Number(doubt !== undefined) * 2 + Number(becomes);
  return rank(a) <= rank(b);
}

/** Several files as one: what one takes and another gives is doubtful, for nobody says which runs last. */
export function mergedRoles(all: readonly SqlRoles[]): SqlRoles {
  const taken = all.flatMap((each) => each.taken);
  const owners = all.flatMap((each) => each.owners);
  const doubted = <T extends { readonly doubt?: string }>(each: T, is: boolean): T =>
    is ? { ...each, doubt: each.doubt ?? DOUBTS.order } : each;
  const isTaken = (held: HeldPrivilege) =>
    taken.some(
      (each) =>
        each.file !== held.file &&
        each.role === held.role &&
        each.verb === held.verb &&
        (touches(held, each) !== "no" || isWithin(each, held) !== "no"),
    );
  const isLeft = ({ role, of, file }: RoleMembership) =>
    taken.some((each) => each.on === "ROLE" && each.file !== file && each.role === role && each.name === of);
  const isOthers = (owner: TableOwner) =>
    owners.some(
      (each) => each.file !== owner.file && each.role !== owner.role && touches(owner, each) !== "no",
    );
  return {
    held: all.flatMap(({ held }) => held.map((each) => doubted(each, isTaken(each)))),
    memberships: all.flatMap(({ memberships }) => memberships.map((each) => doubted(each, isLeft(each)))),
    owners: owners.map((each) => doubted(each, isOthers(each))),
    superusers: [...new Set(all.flatMap(({ superusers }) => superusers))],
    replicating: [...new Set(all.flatMap(({ replicating }) => replicating))],
    named: [...new Set(all.flatMap(({ named }) => named))],
    doubts: all.flatMap(({ doubts }) => doubts),
    taken,
  };
}
