import { isNotKnown, type NotKnown } from "../answer";
import { accountsOf } from "../login";
import type { AccessReport, EnvironmentReport, LoginReport, ServiceReport } from "../model";
import { possessive, shownService, spoken, type Change, type Comparer, type Direction } from "./change";

/** An access of a service in both reports. */
interface Both {
  readonly service: string;
  readonly environment: string;
  readonly before: AccessReport;
  readonly after: AccessReport;
}

/** How long credentials and tokens live, and whether they are taken back. */
export const lifetimeChanges: Comparer = (base, head) => accessesInBoth(base, head).flatMap(lifetimes);

/** Who can obtain a service's role, and with what. */
export const loginChanges: Comparer = (base, head) =>
  accessesInBoth(base, head).flatMap((both) => [...accounts(both, base, head), ...audience(both)]);

function accessesInBoth(base: EnvironmentReport, head: EnvironmentReport): Both[] {
  return head.services.flatMap((service) => {
    const before = base.services.find(({ id }) => id === service.id);
    return service.accesses.flatMap((after) => {
      const same = sameAccess(before, after);
      return same
        ? [{ service: shownService(service.id, [base, head]), environment: head.name, before: same, after }]
        : [];
    });
  });
}

function sameAccess(service: ServiceReport | undefined, { name }: AccessReport): AccessReport | undefined {
  const [only, ...more] = service?.accesses ?? [];
  return service?.accesses.find((each) => each.name === name) ?? (more.length === 0 ? only : undefined);
}

function lifetimes({ service, environment, before, after }: Both): Change[] {
  const [old, now] = [before.timeline, after.timeline];
  // What is not known any more is told as such by others.
  if (isNotKnown(old) || isNotKnown(now)) return [];
  const whose = possessive(service);
  const longer = (from: number, to: number, sentence: (from: string, to: string) => string) =>
    from === to
      ? []
      : [
          change(
            environment,
            service,
            to > from ? "widened" : "narrowed",
            sentence(spoken(from), spoken(to)),
          ),
        ];
  const revoked = (each: typeof now) => each.shutdown.some(({ kind }) => kind === "revoke");
  return [
    ...longer(
      old.numbers.maxTtl.value,
      now.numbers.maxTtl.value,
      (from, to) => `${whose} credentials live ${to} instead of ${from}`,
    ),
    ...longer(
      old.numbers.defaultTtl.value,
      now.numbers.defaultTtl.value,
      (from, to) => `${whose} credentials end ${to} after the last renewal instead of ${from}`,
    ),
    ...tokens(whose, service, environment, before.login, after.login),
    ...(revoked(old) && !revoked(now)
      ? [
          change(
            environment,
            service,
            "widened",
            `${whose} credentials are no longer revoked when a pod ends`,
          ),
        ]
      : []),
    ...(!revoked(old) && revoked(now)
      ? [change(environment, service, "narrowed", `${whose} credentials are now revoked when a pod ends`)]
      : []),
    ...(hasRevocation(before) && !hasRevocation(after)
      ? [
          change(
            environment,
            service,
            "widened",
            `${whose} database role no longer says how a credential is revoked`,
          ),
        ]
      : []),
  ];
}

function hasRevocation({ role }: AccessReport): boolean {
  return role === null || role.revocation.length > 0;
}

function tokens(
  whose: string,
  service: string,
  environment: string,
  before: LoginReport | null,
  after: LoginReport | null,
): Change[] {
  if (before === null || after === null) return [];
  // As long as it could be, where nobody knows.
  const number = (value: number | null | NotKnown, unset: number) =>
    isNotKnown(value) ? Infinity : (value ?? unset);
  const [from, to] = [number(before.tokenLimit, Infinity), number(after.tokenLimit, Infinity)];
  const said = (limit: number) => (limit === Infinity ? "never" : `after ${spoken(limit)}`);
  const limit =
    from === to
      ? []
      : [
          change(
            environment,
            service,
            to > from ? "widened" : "narrowed",
            `${whose} Vault tokens, renewed, end ${said(to)} instead of ${said(from)}`,
          ),
        ];
  const [old, now] = [number(before.tokenTtl, 768 * 3600), number(after.tokenTtl, 768 * 3600)];
  if (old === now) return limit;
  const told = (ttl: number) => (ttl === Infinity ? "nobody knows how long" : spoken(ttl));
  return [
    ...limit,
    change(
      environment,
      service,
      now > old ? "widened" : "narrowed",
      `${whose} Vault tokens end ${told(now)} after the last renewal instead of ${told(old)}`,
    ),
  ];
}

/** ServiceAccounts that can log in to where the credential is. */
function accounts(
  { service, environment, before, after }: Both,
  base: EnvironmentReport,
  head: EnvironmentReport,
): Change[] {
  const [old, now] = [openers(base, before), openers(head, after)];
  const more = [...now].filter((each) => !old.has(each));
  const fewer = [...old].filter((each) => !now.has(each));
  const role = `${possessive(service)} role`;
  return [
    ...more.map((each, index) =>
      change(
        environment,
        service,
        "widened",
        `${ordinal(old.size + index)} ServiceAccount can obtain ${role}: ${each}`,
      ),
    ),
    ...fewer.map((each) =>
      change(environment, service, "narrowed", `the ServiceAccount ${each} can no longer obtain ${role}`),
    ),
  ];
}

function openers({ logins }: EnvironmentReport, { credsPath }: AccessReport): Set<string> {
  return new Set(logins.filter(({ opens }) => opens.includes(credsPath ?? "")).flatMap(accountsOf));
}

function ordinal(before: number): string {
  return ["a", "a second", "a third"][before] ?? "one more";
}

function audience({ service, environment, before, after }: Both): Change[] {
  const [from, to] = [before.login?.audience, after.login?.audience];
  if (from === undefined || to === undefined || from === to) return [];
  const whose = possessive(service);
  if (to === null)
    return [
      change(environment, service, "widened", `${whose} login takes tokens that were minted for anybody`),
    ];
  if (from === null)
    return [
      change(environment, service, "narrowed", `${whose} login takes tokens for the audience ${to} only`),
    ];
  return [
    change(
      environment,
      service,
      "unchanged",
      `${whose} tokens are for the audience ${to} instead of ${from}`,
    ),
  ];
}

function change(environment: string, subject: string, direction: Direction, sentence: string): Change {
  return { environment, subject, direction, sentence: `${sentence} (${environment})` };
}
