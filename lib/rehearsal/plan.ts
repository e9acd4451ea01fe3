import type { BootstrapInput } from "../postgres";
import { abilitiesOnly, lifeOf, type RehearsedRole, type Stage } from "./credential";
import { gainedByBootstrap, lostByBootstrap } from "./expected";
import { oneOfEachShape, rowsWithout } from "./shapes";
import { changed, run, type Act, type Rehearsal, type Subject } from "./rehearsal";
import { ADMINISTRATOR, ownersOf, sceneOf } from "./scene";

/** What was rendered for one database, and what was declared of it. */
export interface DatabaseToRehearse {
  readonly input: BootstrapInput;
  /** The SQL for the DBA, where there is any. */
  readonly bootstrap?: string;
  readonly roles: readonly RehearsedRole[];
}

/**
 * Whether the rehearsal's server stands for a database's own: before PostgreSQL 16 a membership means something else,
 * and nobody can be made a member of the roles that a server brings.
 */
export function canBeRehearsed({ input, roles }: DatabaseToRehearse): boolean {
  return input.postgresVersion >= 16 && ownersOf(roles).every((owner) => !owner.startsWith("pg_"));
}

const BOOTSTRAP: Subject = { kind: "bootstrap" };

/**
 * The bootstrap SQL twice, as its DBA runs it, and the life of credentials, as Vault makes and ends them. Services
 * whose SQL and declaration are the same but for their names are run once.
 */
export function planOf({ input, bootstrap, roles }: DatabaseToRehearse): Rehearsal {
  const kept = oneOfEachShape(roles, bootstrap);
  const grouped = kept.filter(({ strategy }) => strategy === "group");
  const direct = kept.filter(({ strategy }) => strategy === "direct");
  const reduced: BootstrapInput = { ...input, roles: grouped };
  const scene = sceneOf(reduced, direct);
  const stage: Stage = { input: reduced, tables: scene.tables };
  const sql = bootstrap === undefined ? undefined : rowsWithout(bootstrap, dropped(roles, kept));
  return {
    acts: [
      run(BOOTSTRAP, "the rehearsal's own database", scene.sql),
      { of: BOOTSTRAP, title: "", step: { kind: "look", sql: [] }, problems: () => [] },
      ...(sql === undefined ? [] : bootstrapActs(sql, reduced, stage)),
      ...livesOf(kept, stage),
    ],
  };
}

function dropped(roles: readonly RehearsedRole[], kept: readonly RehearsedRole[]): ReadonlySet<string> {
  return new Set(roles.filter((role) => !kept.includes(role)).map(({ name }) => name));
}

function bootstrapActs(sql: string, input: BootstrapInput, { tables }: Stage): Act[] {
  const twice = "the second run of the bootstrap SQL";
  return [
    run(BOOTSTRAP, "the bootstrap SQL", [sql], ADMINISTRATOR),
    changed(BOOTSTRAP, "the bootstrap SQL", gainedByBootstrap(input, tables), lostByBootstrap(input)),
    run(BOOTSTRAP, twice, [sql], ADMINISTRATOR, ({ notices }) =>
      notices.map((notice) => `still says ${JSON.stringify(notice)}`),
    ),
    changed(BOOTSTRAP, twice, [], []),
  ];
}

/** A whole life for each form of the statements; of the others, what they can do. */
function livesOf(roles: readonly RehearsedRole[], stage: Stage): Act[] {
  const lived = new Set<string>();
  return roles.flatMap((role) => {
    if (role.statements === undefined) return [];
    const form = statementForm(role);
    if (lived.has(form)) return abilitiesOnly(role, stage);
    lived.add(form);
    return lifeOf(role, stage);
  });
}

/** The statements without what is the service's own: its name and how many sessions it may have. */
function statementForm({ name, statements, owner, strategy, grants, maker }: RehearsedRole): string {
  const text = JSON.stringify([strategy === "direct" && grants, owner?.role, statements, maker]);
  return text.replaceAll(name, "{{role}}").replace(/CONNECTION LIMIT \d+/g, "CONNECTION LIMIT");
}
