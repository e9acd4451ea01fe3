import { known, type AccessGraph, type DatabaseRole, type Known } from "@leasehold/proof/access";
import { bootstrapInput, holdersOf } from "../environment/derive";
import { vaultConnections } from "../environment/vault-connections";
import type { Database, Environment } from "../environment/environment";
import { databaseRoleName } from "../postgres";
import type { RehearsedRole, Statements } from "./credential";
import type { DatabaseToRehearse } from "./plan";

/** The statements of a database as they were rendered, beside what the environment declares. */
export function databaseToRehearse(
  environment: Environment,
  database: Database,
  { databaseRoles }: AccessGraph,
  bootstrap: string | undefined,
): DatabaseToRehearse {
  const connections = vaultConnections(environment, database);
  const rendered = new Map(
    databaseRoles
      .filter((role) => connections.some(({ name }) => name === known(role.connection)))
      .map((role) => [known(role.name), role] as const),
  );
  // By whichever connection the role was rendered for, that one's login creates its credentials.
  const makerOf = (role: DatabaseRole | undefined) =>
    connections.slice(1).find(({ name }) => name === known(role?.connection))?.username;
  const roles = holdersOf(environment).flatMap((holder) =>
    holder.access
      .filter((entry) => entry.database === database.name)
      .map(({ grants = [], owner, replication, strategy = "group" }): RehearsedRole => {
        const name = databaseRoleName(holder.name, database.name);
        const statements = statementsOf(rendered.get(name));
        const maker = makerOf(rendered.get(name));
        return {
          name,
          grants,
          strategy,
          ...(owner && { owner }),
          ...(replication && { replication }),
          ...(statements && { statements }),
          ...(maker !== undefined && { maker }),
        };
      }),
  );
  return {
    input: bootstrapInput(environment, database),
    ...(bootstrap !== undefined && { bootstrap }),
    roles,
  };
}

/** Nothing where there is no such role, or a statement is not known; that this may not be, other rules say. */
function statementsOf(role: DatabaseRole | undefined): Statements | undefined {
  if (role === undefined) return undefined;
  const [creation, renewal, revocation] = [role.creation, role.renewal, role.revocation].map(allKnown);
  return creation && renewal && revocation && { creation, renewal, revocation };
}

function allKnown(statements: Known<readonly Known<string>[]>): string[] | undefined {
  if (statements === undefined) return [];
  const texts = known(statements)?.map((each) => known(each));
  return texts?.every((text) => text !== undefined) ? texts : undefined;
}
