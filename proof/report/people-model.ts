import type { Certain } from "./answer";
import type { Privilege } from "./model";
import type { Place, Text } from "./place";

/** A group of Vault's identities, whose people read credentials of their own. */
export interface PeopleReport {
  /** `people/` and the name of the group. */
  readonly id: string;
  /** Of the group. */
  readonly name: string;
  readonly place: Place;
  /** Groups of an identity provider, or users, who are in it. */
  readonly logins: readonly {
    readonly kind: "group" | "user";
    /** Path of the auth method, without `auth/`. */
    readonly mount: Text;
    readonly name: Text;
    readonly place: Place;
  }[];
  /** How many credentials they hold at a time in a database, as is counted with; null where nobody says it. */
  readonly credentials: number | null;
  /** Why they do more than read; null where nobody says so. */
  readonly writes: Text;
  readonly policies: readonly { readonly name: Text; readonly place: Place }[];
  readonly accesses: readonly PeopleAccessReport[];
}

/** What people may do in a database. */
export interface PeopleAccessReport {
  /** Name of the database in the environment, which is that of its connection and of several connections that of the first. */
  readonly name: string;
  readonly credsPath: Text;
  /** Where the database role stands. */
  readonly role: Place;
  readonly connection: Place | null;
  /** NOLOGIN roles that a credential becomes a member of. */
  readonly groupRoles: readonly string[];
  readonly creation: readonly string[];
  /** How long a credential lives, in seconds; null where it is not known. */
  readonly ttl: number | null;
  readonly privileges: readonly Privilege[];
  /** Whether these are all. */
  readonly whole: Certain;
}
