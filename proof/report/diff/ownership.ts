import type { EnvironmentReport } from "../model";
import { shownService, type Change, type Comparer } from "./change";

/** Who acts as an owner: no verb says that it may change and drop tables. */
export const ownershipChanges: Comparer = (base, head) => {
  const [before, after] = [actorsOf(base), actorsOf(head)];
  const changes = (
    own: typeof after,
    others: typeof after,
    direction: Change["direction"],
    may: string,
  ): Change[] =>
    [...own]
      .filter(([key]) => !others.has(key))
      .map(([, { service, owner, database }]) => ({
        environment: head.name,
        subject: service,
        direction,
        sentence: `${shownService(service, [base, head])} ${may} act as ${owner} in ${database}, and change, drop and grant its tables (${head.name})`,
      }));
  return [
    ...changes(after, before, "widened", "may now"),
    ...changes(before, after, "narrowed", "may no longer"),
  ];
};

function actorsOf({ services }: EnvironmentReport) {
  const actors = services.flatMap(({ id, accesses }) =>
    accesses
      .filter(({ reaches }) => reaches.value !== "no")
      .flatMap(({ privileges }) => privileges)
      .filter(({ by }) => by === "ownership")
      .map(({ database, owner }) => ({ service: id, database, owner: owner ?? "its owner" })),
  );
  return new Map(actors.map((actor) => [JSON.stringify(actor), actor]));
}
