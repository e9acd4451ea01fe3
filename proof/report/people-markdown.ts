import { duration } from "../rules/words";
import { code, table } from "./markdown";
import type { EnvironmentReport } from "./model";
import { shownPeopleLogins } from "./words";

/** People, with who they are and for how long. */
export function peopleLines({ people = [] }: EnvironmentReport): string[] {
  if (people.length === 0) return [];
  const rows = people.flatMap((each) =>
    each.accesses.map(({ groupRoles, ttl }) => [
      each.id,
      shownPeopleLogins(each),
      groupRoles.map(code).join(", "),
      ttl === null ? "not known" : duration(ttl),
      String(each.credentials ?? "not known"),
      each.writes === null ? "reads" : `writes: ${each.writes}`,
    ]),
  );
  return [
    table(["people", "who logs in", "database role", "credential lives", "at a time", "what they do"], rows),
  ];
}
