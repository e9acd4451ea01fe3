import { Construct } from "constructs";
import { assertProps } from "../core/props";
import {
  DataVaultAuthBackend,
  IdentityEntity,
  IdentityEntityAlias,
  IdentityGroup,
  IdentityGroupAlias,
} from "../core/terraform";
import { connectionOf, databaseRoleName, DynamicRole } from "../postgres";
import { addPolicy, policyNameOf } from "../service";
import { PEOPLE_CONNECTIONS, peopleTtl, type PeopleProps } from "./declaration";
import { peopleProblems } from "./problems";
import { peoplePropsSchema } from "./schema";

/** People's way to their databases: a role for each that makes credentials, a policy, and the group that carries it. */
export class People extends Construct {
  /** @param users where users are made, each once, in however many groups they are */
  constructor(scope: Construct, id: string, props: PeopleProps, users: PeopleUsers) {
    assertProps(scope, id, props, peoplePropsSchema, peopleProblems);
    super(scope, id);
    const name = policyNameOf(props.platform.environment, props.name);
    const policy = addPolicy(this, name, this.addRoles(props));
    this.addGroup(props, policy.name, users);
  }

  /** @returns the paths that credentials are read from */
  private addRoles({ name, access, platform, ...props }: PeopleProps): string[] {
    const ttl = peopleTtl(props);
    const sorted = [...access].sort((a, b) => (a.database < b.database ? -1 : 1));
    return sorted.map(({ database, grants, strategy, connectionLimit = PEOPLE_CONNECTIONS }) => {
      const { schema = "public", connections = 1 } =
        platform.databases.find((each) => each.name === database) ?? {};
      const roleName = databaseRoleName(name, database);
      const role = new DynamicRole(this, database, {
        mountPath: platform.vault.mountPath,
        connectionName: connectionOf(database, roleName, connections),
        name: roleName,
        schema,
        grants,
        strategy,
        ttl: { default: ttl, max: ttl },
        connectionLimit,
      });
      return role.credsPath;
    });
  }

  private addGroup(props: PeopleProps, policy: string, users: PeopleUsers): void {
    const { name, login, platform } = props;
    const group = {
      name: policyNameOf(platform.environment, name),
      policies: [policy],
      metadata: groupMetadata(props),
    };
    if (login.kind === "userpass") {
      const memberEntityIds = login.users.map((user) => users.entity(login.mount, user).id);
      new IdentityGroup(this, "Group", { ...group, type: "internal", memberEntityIds });
      return;
    }
    const { id } = new IdentityGroup(this, "Group", { ...group, type: "external" });
    const mountAccessor = users.accessor(login.mount);
    new IdentityGroupAlias(this, "GroupAlias", { name: login.group, mountAccessor, canonicalId: id });
  }
}

/** What a group says of itself in Vault, where the proof reads it again. */
function groupMetadata({ login, credentials, writes }: PeopleProps): Record<string, string> {
  return {
    "leasehold-credentials": String(credentials),
    ...(login.kind === "oidc" && { "leasehold-login": `${login.mount}/${login.group}` }),
    ...(writes && { "leasehold-writes": writes.reason }),
  };
}

/** The auth methods of people, which are there, and the entities of their users, which are made each once. */
export class PeopleUsers extends Construct {
  private readonly methods = new Map<string, { readonly scope: Construct; readonly accessor: string }>();
  private readonly entities = new Map<string, IdentityEntity>();

  constructor(
    scope: Construct,
    id: string,
    private readonly environment: string,
  ) {
    super(scope, id);
  }

  /** How Vault's identities call an auth method; it is looked up at each plan. */
  accessor(mount: string): string {
    return this.method(mount).accessor;
  }

  /** The entity of a user of userpass, of which the user is the one alias. */
  entity(mount: string, user: string): IdentityEntity {
    const key = `${mount}/${user}`;
    const known = this.entities.get(key);
    if (known !== undefined) return known;
    const { scope: method, accessor: mountAccessor } = this.method(mount);
    const scope = new Construct(method, user);
    const entity = new IdentityEntity(scope, "Entity", {
      name: [this.environment, ...mount.split("/"), user].join("-"),
    });
    new IdentityEntityAlias(scope, "EntityAlias", { name: user, mountAccessor, canonicalId: entity.id });
    this.entities.set(key, entity);
    return entity;
  }

  private method(mount: string) {
    const known = this.methods.get(mount);
    if (known !== undefined) return known;
    const scope = new Construct(this, mount);
    const { accessor } = new DataVaultAuthBackend(scope, "Method", { path: mount });
    const method = { scope, accessor };
    this.methods.set(mount, method);
    return method;
  }
}
