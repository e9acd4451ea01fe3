import type { CreateRole, AlterRole, Membership, Privileges } from "../actions";
import {
  DOUBTS,
  isWithin,
  touches,
  verbsOf,
  type HeldPrivilege,
  type RoleMembership,
  type SqlDoubt,
  type SqlPlace,
  type SqlRoles,
  type SqlTarget,
  type TableOwner,
  type TakenPrivilege,
} from "./model";

/** Where a statement stands, and why it may not have the effect that it has alone. */
export interface At extends SqlPlace {
  readonly doubt?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What reaches beyond every grant. */
const ATTRIBUTES = ["SUPERUSER", "REPLICATION"] as const;
type Attribute = (typeof ATTRIBUTES)[number];

const ATTRIBUTE_IN_WORDS: Readonly<Record<Attribute, string>> = {
  SUPERUSER: "be a superuser",
  REPLICATION: "have REPLICATION",
};

/** What the statements so far have come to; each one changes it. */
export class RolesState {
  held: HeldPrivilege[] = [];
  owners: TableOwner[] = [];
  readonly doubts: SqlDoubt[] = [];
  private memberships: RoleMembership[] = [];
  private taken: TakenPrivilege[] = [];
  /** Who has an attribute, by the line that says so. */
  private readonly attributes: Readonly<Record<Attribute, Map<string, number>>> = {
    SUPERUSER: new Map(),
    REPLICATION: new Map(),
  };
  private readonly named = new Set<string>();
  private readonly inherits = new Map<string, boolean>();
  /** Whether anybody but the one who runs the file has granted, whose grants only that role takes back. */
  private mixed = false;
  /** Who the session is after SET ROLE; absent: the one who runs the file. */
  actor: string | undefined;
  /** Schema of names without one; absent: nobody knows. */
  searchPath: string | undefined;

  result(): SqlRoles {
    const { held, memberships, owners, doubts, taken } = this;
    return {
      held,
      memberships,
      owners,
      doubts,
      taken,
      superusers: [...this.attributes.SUPERUSER.keys()],
      replicating: [...this.attributes.REPLICATION.keys()],
      named: [...this.named],
    };
  }

  /** What nobody can read may give more, and may take back whatever there was before it. */
  unreadable({ file, line }: SqlPlace, text: string, takes = true): void {
    this.doubts.push({ file, line, text });
    if (!takes) return;
    const doubted = <T extends SqlPlace & { readonly doubt?: string }>(each: T): T =>
      each.file === file && each.line <= line
        ? { ...each, doubt: each.doubt ?? `${file}:${line}: ${text}` }
        : each;
    this.held = this.held.map(doubted);
    this.owners = this.owners.map(doubted);
    this.memberships = this.memberships.map(doubted);
    for (const attribute of ATTRIBUTES)
      for (const [role, since] of [...this.attributes[attribute]])
        if (since <= line) this.attribute(attribute, role, false, { file, line, doubt: text });
  }

  createRole({ role, attributes, inherits, memberOf, members }: CreateRole, at: At): void {
    this.named.add(role);
    this.inherits.set(role, inherits ?? true);
    for (const each of ATTRIBUTES) if (attributes.includes(each)) this.attribute(each, role, true, at);
    memberOf.forEach((of) => this.join(role, of, {}, at));
    members.forEach((member) => this.join(member, role, {}, at));
  }

  alterRole({ role, superuser, replication, inherits, members }: AlterRole, at: At): void {
    if (inherits !== undefined && at.doubt !== undefined) this.doubtRoles([role], at);
    else if (inherits !== undefined) this.inherits.set(role, inherits);
    if (superuser !== undefined) this.attribute("SUPERUSER", role, superuser, at);
    if (replication !== undefined) this.attribute("REPLICATION", role, replication, at);
    members.added.forEach((member) => this.join(member, role, {}, at));
    members.dropped.forEach((member) => this.leave(member, role, {}, at));
  }

  /** Whoever may or may not have one has it not for certain, and has what nobody knows. */
  private attribute(attribute: Attribute, role: string, is: boolean, { file, line, doubt }: At): void {
    const holders = this.attributes[attribute];
    const was = holders.delete(role);
    if (doubt === undefined ? is : is && was) holders.set(role, line);
    else if (doubt !== undefined && is !== was)
      this.doubts.push({ file, line, role, text: `${role} may ${ATTRIBUTE_IN_WORDS[attribute]}: ${doubt}` });
  }

  dropRoles(roles: readonly string[], at: At): void {
    if (at.doubt !== undefined) return this.doubtRoles(roles, at);
    const isGone = (role: string) => roles.includes(role);
    this.held = this.held.filter(({ role }) => !isGone(role));
    this.memberships = this.memberships.filter(({ role, of }) => !isGone(role) && !isGone(of));
    const sets = [this.named, ...ATTRIBUTES.map((each) => this.attributes[each])];
    roles.forEach((role) => sets.forEach((each) => each.delete(role)));
  }

  private doubtRoles(roles: readonly string[], { doubt }: At): void {
    this.memberships = this.memberships.map((each) =>
      roles.includes(each.role) || roles.includes(each.of) ? { doubt, ...each } : each,
    );
  }

  renameRole(from: string, to: string): void {
    const named = (role: string) => (role === from ? to : role);
    this.held = this.held.map((each) => ({ ...each, role: named(each.role) }));
    this.owners = this.owners.map((each) => ({ ...each, role: named(each.role) }));
    this.memberships = this.memberships.map((each) => ({
      ...each,
      role: named(each.role),
      of: named(each.of),
    }));
    if (this.named.delete(from)) this.named.add(to);
    for (const holders of ATTRIBUTES.map((each) => this.attributes[each])) {
      const since = holders.get(from);
      if (holders.delete(from) && since !== undefined) holders.set(to, since);
    }
    const inherits = this.inherits.get(from);
    if (inherits !== undefined) this.inherits.set(to, inherits);
  }

  membership({ kind, granted, roles, options, byAnother }: Membership, at: At): void {
    const act = this.byAnother(byAnother, at);
    for (const of of granted)
      for (const role of roles)
        if (kind === "grant-role") this.join(this.roleOf(role), of, options, act);
        else this.leave(this.roleOf(role), of, options, act);
  }

  private byAnother(said: boolean, at: At): At {
    if (!said && this.actor === undefined) return at;
    this.mixed = true;
    return { ...at, doubt: at.doubt ?? DOUBTS.grantor };
  }

  private join(role: string, of: string, options: Membership["options"], at: At): void {
    this.named.add(role);
    this.taken = this.taken.filter((each) => each.on !== "ROLE" || each.role !== role || each.name !== of);
    const before = this.memberships.find((each) => each.role === role && each.of === of);
    const known = this.inherits.get(role);
    const unsaid =
      options.set === false && options.inherit === undefined && known === undefined
        ? DOUBTS.inherits
        : undefined;
    const { doubt = unsaid, ...place } = at;
    const now: Mutable<RoleMembership> = {
      role,
      of,
      file: place.file,
      line: place.line,
      inherits: options.inherit ?? before?.inherits ?? known ?? true,
      sets: options.set ?? before?.sets ?? true,
      admin: options.admin ?? before?.admin ?? false,
    };
    const same = before && now.inherits === before.inherits && now.sets === before.sets;
    const why = same ? (before.doubt === undefined ? undefined : doubt) : doubt;
    if (why !== undefined) now.doubt = why;
    this.memberships = [...this.memberships.filter((each) => each !== before), now];
  }

  private leave(role: string, of: string, options: Membership["options"], at: At): void {
    const doubt = at.doubt ?? (this.mixed ? DOUBTS.grantor : undefined);
    this.taken.push({ on: "ROLE", name: of, role, verb: "MEMBER", file: at.file });
    this.memberships = this.memberships.flatMap((each) => {
      if (each.role !== role || each.of !== of) return [each];
      if (doubt !== undefined) return [{ ...each, doubt }];
      if (Object.keys(options).length === 0) return [];
      return [
        {
          ...each,
          ...(options.inherit !== undefined && { inherits: false }),
          ...(options.set !== undefined && { sets: false }),
          ...(options.admin !== undefined && { admin: false }),
        },
      ];
    });
  }

  /** Who CURRENT_USER is. */
  roleOf(role: string): string {
    return /^(CURRENT_USER|CURRENT_ROLE|SESSION_USER)$/.test(role) ? (this.actor ?? role) : role;
  }

  /** What a statement is about, with the schema where the search path is known. */
  targetOf(on: string, { schema = this.searchPath, name }: { schema?: string; name: string }): SqlTarget {
    return { on, ...(schema !== undefined && { schema }), name };
  }

  private targetsOf({ on, allInSchema, objects }: Privileges): SqlTarget[] {
    return objects.map(({ schema, name }) => {
      if (allInSchema) return { on, schema: name };
      return on === "SCHEMA" ? { on, schema: name } : this.targetOf(on, { ...(schema && { schema }), name });
    });
  }

  privileges(action: Privileges, at: At): void {
    const { kind, on, roles, privileges, grantOption, byAnother } = action;
    const act = this.byAnother(byAnother, at);
    const given = privileges.length === 0 ? [{ name: "ALL", columns: [] }] : privileges;
    for (const role of roles.map((each) => this.roleOf(each)))
      for (const target of this.targetsOf(action))
        for (const { name, columns } of given)
          for (const verb of verbsOf(on, name)) {
            if (kind === "grant") this.give(role, target, verb, columns, act);
            else if (!grantOption) this.take(role, target, verb, columns, act);
          }
  }

  give(role: string, target: SqlTarget, verb: string, columns: readonly string[], at: At): void {
    this.named.add(role);
    const { file, line, doubt } = at;
    this.owners = this.owners.map((owner) =>
      owner.role === role && columns.length === 0 && touches(owner, target) === "yes" && doubt === undefined
        ? { ...owner, revoked: owner.revoked.filter((each) => each !== verb) }
        : owner,
    );
    this.taken = this.taken.filter(
      (each) => each.role !== role || each.verb !== verb || touches(each, target) !== "yes",
    );
    const base = { role, verb, columns, except: [], statement: "GRANT", file, line } as const;
    this.held.push({ ...target, ...base, ...(doubt !== undefined && { doubt }) });
  }

  private take(role: string, target: SqlTarget, verb: string, columns: readonly string[], at: At): void {
    const doubt = at.doubt ?? (this.mixed ? DOUBTS.grantor : undefined);
    if (columns.length === 0) this.taken.push({ ...target, role, verb, file: at.file });
    this.held = this.held.flatMap((each) =>
      each.role === role && each.verb === verb ? withoutTarget(each, target, columns, doubt) : [each],
    );
    if (columns.length > 0) return;
    this.owners = this.owners.map((owner) => {
      const hit = owner.role === role ? touches(owner, target) : "no";
      if (hit === "no") return owner;
      if (hit === "maybe" || doubt !== undefined) return { ...owner, doubt: doubt ?? DOUBTS.schema };
      return { ...owner, revoked: [...owner.revoked, verb] };
    });
  }
}

/** What is left of a privilege after it was taken from something. */
export function withoutTarget(
  held: HeldPrivilege,
  target: SqlTarget,
  columns: readonly string[],
  doubt: string | undefined,
): HeldPrivilege[] {
  const whole = touches(held, target);
  const part = held.name === undefined && target.name !== undefined ? isWithin(target, held) : "no";
  // A column that is taken leaves what is held on the whole table.
  if ((whole === "no" && part === "no") || (columns.length > 0 && held.columns.length === 0)) return [held];
  if (whole === "maybe" || part === "maybe" || doubt !== undefined)
    return [{ ...held, doubt: doubt ?? DOUBTS.schema }];
  if (part === "yes") return [{ ...held, except: [...held.except, target.name as string] }];
  const left = held.columns.filter((column) => !columns.includes(column));
  return columns.length === 0 || left.length === 0 ? [] : [{ ...held, columns: left }];
}
