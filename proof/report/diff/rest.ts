import { listed } from "../../rules/words";
import { shownDoubt } from "../doubts";
import type { EnvironmentReport, ReportedFinding } from "../model";
import { possessive, shownService, type Change, type Comparer } from "./change";

/** What a service may do that nobody can read, its stage of migration, what is accepted, and the state. */
export const restChanges: Comparer = (base, head) => [
  ...doubts(base, head),
  ...services(base, head),
  ...stages(base, head),
  ...waivers(base, head),
  ...state(base, head),
];

/** In itself no access: what a service opens is told beside it, and a login may stay when its pods are gone. */
function services(base: EnvironmentReport, head: EnvironmentReport): Change[] {
  const all = ({ services: own, people = [] }: EnvironmentReport) => [...own, ...people];
  const only = (some: EnvironmentReport, others: EnvironmentReport) =>
    all(some).filter(({ id }) => all(others).every((other) => other.id !== id));
  const told = (id: string, what: string): Change => {
    const who = id.startsWith("people/")
      ? `the group ${id}`
      : `the service ${shownService(id, [base, head])}`;
    const sentence = `${who} ${what} (${head.name})`;
    return { environment: head.name, subject: id, direction: "unchanged", sentence };
  };
  return [
    ...only(head, base).map(({ id }) => told(id, "is new")),
    ...only(base, head).map(({ id }) => told(id, "is gone")),
  ];
}

/** What is not known any more may be more than there was. */
function doubts(base: EnvironmentReport, head: EnvironmentReport): Change[] {
  const texts = ({ doubts: all }: EnvironmentReport) => new Map(all.map((each) => [shownDoubt(each), each]));
  const [before, after] = [texts(base), texts(head)];
  const only = (some: typeof before, others: typeof before) =>
    [...some].filter(([key]) => !others.has(key)).map(([, each]) => each);
  const name = (id: string) => shownService(id, [base, head]);
  const environment = head.name;
  return [
    ...only(after, before).map(({ service, text }) => ({
      environment,
      subject: service,
      direction: "widened" as const,
      sentence:
        service === null
          ? `what is open is no longer known whole: ${text} (${environment})`
          : `what ${name(service)} may do is no longer known whole: ${text} (${environment})`,
    })),
    ...only(before, after).map(({ service, text }) => ({
      environment,
      subject: service,
      direction: "narrowed" as const,
      sentence: `it no longer holds${service === null ? "" : ` for ${name(service)}`} that ${text} (${environment})`,
    })),
  ];
}

function stages(base: EnvironmentReport, head: EnvironmentReport): Change[] {
  return head.services.flatMap(({ id, migration }) => {
    const before = base.services.find((each) => each.id === id)?.migration;
    if (before === undefined || before.stage === migration.stage) return [];
    const sentence = `${possessive(shownService(id, [base, head]))} stage of migration is ${migration.stage} instead of ${before.stage} (${head.name})`;
    return [{ environment: head.name, subject: id, direction: "unchanged" as const, sentence }];
  });
}

/** By rule, reason and what of it is accepted until when: a resource that has another name is the same decision. */
function waivers(base: EnvironmentReport, head: EnvironmentReport): Change[] {
  const waived = ({ findings }: EnvironmentReport) =>
    new Map(
      findings.flatMap((each) =>
        each.waived === null
          ? []
          : [
              [
                JSON.stringify([each.rule, each.waived, each.waiver?.evidence, each.waiver?.until]),
                each,
              ] as const,
            ],
      ),
    );
  const [before, after] = [waived(base), waived(head)];
  const only = (some: typeof before, others: typeof before) =>
    [...some].filter(([key]) => !others.has(key)).map(([, each]) => each);
  const told = ({ rule, resource, waived: reason, waiver }: ReportedFinding, verb: string) => {
    const { evidence = null, until = null } = waiver ?? {};
    const what = evidence === null ? "" : ` with ${listed(evidence.map((each) => JSON.stringify(each)))}`;
    return `${rule} is ${verb} for ${resource}${what}${until === null ? "" : ` until ${until}`}: ${reason} (${head.name})`;
  };
  return [
    ...only(after, before).map((each) => ({
      environment: head.name,
      subject: null,
      direction: "widened" as const,
      sentence: told(each, "now accepted"),
    })),
    ...only(before, after).map((each) => ({
      environment: head.name,
      subject: null,
      direction: "narrowed" as const,
      sentence: told(each, "no longer accepted"),
    })),
  ];
}

function state(base: EnvironmentReport, head: EnvironmentReport): Change[] {
  const [before, after] = [base.state.secrets.value, head.state.secrets.value];
  if (before === after) return [];
  const rank = { no: 0, "not-known": 1, yes: 2 };
  const told = {
    yes: "a secret may now stand",
    no: "no secret stands any more",
    "not-known": "nobody can say any more whether a secret stands",
  }[after];
  const direction = rank[after] > rank[before] ? ("widened" as const) : ("narrowed" as const);
  return [
    { environment: head.name, subject: null, direction, sentence: `${told} in the state of ${head.name}` },
  ];
}
