import { isUnknown, known, type Chain } from "../access";
import { notKnown, type NotKnown } from "./answer";
import { duration } from "../rules/words";
import {
  contractNumber,
  derived,
  fallback,
  optional,
  smallest,
  variable,
  written,
  type TimelineNumber,
} from "./timeline-number";

export type { TimelineNumber };

/** A credential's life and its pod's end, drawn from what was rendered. All in seconds. */
export interface Timeline {
  /** Since the credential was issued. */
  readonly life: readonly TimelineEvent[];
  /** Since the pod was told to stop. */
  readonly shutdown: readonly TimelineEvent[];
  /** Every number in it, by name. */
  readonly numbers: TimelineNumbers;
}

export interface TimelineEvent {
  readonly kind:
    "issue" | "renewal" | "rotation" | "overlap" | "end" | "outage" | "drain" | "revoke" | "kill";
  readonly from: number;
  /** The same as `from` for a moment. */
  readonly to: number;
  readonly text: string;
}

export interface TimelineNumbers {
  readonly defaultTtl: TimelineNumber;
  readonly maxTtl: TimelineNumber;
  readonly renewEvery: TimelineNumber;
  /** Renewals of one credential. */
  readonly renewals: TimelineNumber;
  /** Since issue: the next credential is there from then on, at the earliest. */
  readonly rotationEarliest: TimelineNumber;
  /** Since issue: and by then, at the latest. */
  readonly rotationLatest: TimelineNumber;
  /** How long the old credential still works after the new one is there, at least. */
  readonly overlap: TimelineNumber;
  /** After how long a pool closes a connection; absent where the pods do not say it. */
  readonly poolMaxLifetime?: TimelineNumber;
  /** An outage of Vault that shuts nobody out, whenever it begins. */
  readonly outageTolerance: TimelineNumber;
  /** Absent where the auth role says nothing. */
  readonly tokenPeriod?: TimelineNumber;
  /** Absent where the pods do not say it. */
  readonly drain?: TimelineNumber;
  readonly revoke: TimelineNumber;
  readonly terminationGracePeriod: TimelineNumber;
  /** Lifetime of the projected ServiceAccount token; absent where the pod's own one logs in. */
  readonly serviceAccountToken?: TimelineNumber;
}

/** Vault's own, for mounts and roles that say nothing. */
const SYSTEM_TTL = 768 * 3600;
/** Kubernetes' own. */
const GRACE = 30;
/** The agent gives up revoking after that long without an answer of Vault. */
const REVOCATION = 5;

/** The timeline of a chain; not known where it reaches no database role, or a number of it is not there yet. */
export function timelineOf(chain: Chain): Timeline | NotKnown {
  if (chain.databaseRole === undefined)
    return notKnown("no database role that was read issues its credentials");
  const why = undecided(chain);
  if (why !== undefined) return notKnown(why);
  const numbers = { ...lifeNumbers(chain), ...podNumbers(chain) };
  return { life: lifeEvents(numbers), shutdown: shutdownEvents(numbers, chain), numbers };
}

/** A number that is known only at apply, or that stands in what was not read, is none that is not set. */
function undecided({ databaseRole, mount, authRole, workload }: Chain): string | undefined {
  const numbers = {
    default_ttl: databaseRole?.defaultTtl,
    max_ttl: databaseRole?.maxTtl,
    default_lease_ttl_seconds: mount?.defaultLeaseTtl,
    max_lease_ttl_seconds: mount?.maxLeaseTtl,
    token_period: authRole?.tokenPeriod,
    token_ttl: authRole?.tokenTtl,
    terminationGracePeriodSeconds: workload.pod.terminationGracePeriod,
  };
  for (const [name, value] of Object.entries(numbers))
    if (isUnknown(value)) return `${name} is ${value.expression}, known only at apply`;
  const own = [databaseRole?.defaultTtl, databaseRole?.maxTtl].every((ttl) => (known(ttl) ?? 0) > 0);
  return mount === undefined && !own
    ? "the role does not say how long a credential lives, and its mount was not read"
    : undefined;
}

function lifeNumbers(chain: Chain) {
  const { defaultTtl, maxTtl } = ttlsOf(chain);
  const [ttl, max] = [defaultTtl.value, maxTtl.value];
  const latest = Math.max(0, max - percent(ttl, 10));
  const earliest = Math.min(latest, Math.max(percent(ttl, 70), max - percent(ttl, 73)));
  return {
    defaultTtl,
    maxTtl,
    renewEvery: derived(percent(ttl, 70), "70 % of the default TTL, the earliest the agent renews (to 73 %)"),
    renewals: derived(
      ttl >= max ? 0 : Math.max(1, Math.floor(earliest / Math.max(1, percent(ttl, 70)))),
      "as often as a renewal fits in before the maximum TTL is near",
    ),
    rotationEarliest: derived(
      earliest,
      "73 % of the default TTL before the maximum: when a renewal there would give no more, the agent fetches the next credential",
    ),
    rotationLatest: derived(
      latest,
      "a tenth of the default TTL before the maximum, the agent's smallest margin",
    ),
    overlap:
      contractNumber(
        chain,
        "OVERLAP",
        "the contract says it; a tenth of the default TTL is the agent's smallest margin",
      ) ?? derived(percent(ttl, 10), "a tenth of the default TTL, the agent's smallest margin"),
    outageTolerance: derived(
      percent(ttl, 10),
      "a tenth of the default TTL: so much is left at least when an outage begins just before a rotation; just before a renewal it is 27 %",
    ),
    ...optional(
      "poolMaxLifetime",
      contractNumber(
        chain,
        "POOL_MAX_LIFETIME",
        "the contract says it, so that no connection of the old user outlives the overlap",
      ),
    ),
    ...optional("tokenPeriod", tokenPeriod(chain)),
  };
}

/** The TTLs that hold: the role's, else the mount's, else Vault's; never more than the mount's maximum. */
export function ttlsOf({ databaseRole, mount }: Pick<Chain, "databaseRole" | "mount">) {
  const maxTtl =
    smallest(
      written(known(databaseRole?.maxTtl), "max_ttl of the database role"),
      written(known(mount?.maxLeaseTtl), "max_lease_ttl_seconds of the mount, for the role allows no less"),
    ) ?? fallback(SYSTEM_TTL, "Vault's own maximum, for neither role nor mount say one");
  const own =
    written(known(databaseRole?.defaultTtl), "default_ttl of the database role") ??
    written(
      known(mount?.defaultLeaseTtl),
      "default_lease_ttl_seconds of the mount, for the role says nothing",
    ) ??
    fallback(SYSTEM_TTL, "Vault's own default, for neither role nor mount say one");
  const defaultTtl =
    own.value <= maxTtl.value
      ? own
      : { ...maxTtl, reason: `the maximum, which is shorter than the default: ${maxTtl.reason}` };
  return { defaultTtl, maxTtl };
}

function podNumbers(chain: Chain) {
  const { pod } = chain.workload;
  const token = pod.volumes.flatMap(({ tokens }) => tokens)[0];
  const expiry = token && (known(token.expiration) ?? 3600);
  return {
    ...optional(
      "drain",
      variable(chain, "LEASEHOLD_DRAIN", "the service declares that it needs so long to end its work"),
    ),
    revoke: derived(REVOCATION, "the agent gives up revoking after 5 s of silence from Vault"),
    terminationGracePeriod:
      written(
        known(pod.terminationGracePeriod),
        "terminationGracePeriodSeconds: drain and revocation fit into it, then the kubelet kills",
      ) ?? fallback(GRACE, "Kubernetes' own, for the pod says nothing"),
    ...optional(
      "serviceAccountToken",
      written(expiry, "lifetime of the projected token; it serves to log in, and the kubelet renews it"),
    ),
  };
}

function tokenPeriod({ authRole }: Chain): TimelineNumber | undefined {
  const period = written(
    known(authRole?.tokenPeriod),
    "token_period of the auth role: a token that nobody renews for so long takes its leases with it",
  );
  return (
    period ??
    written(
      known(authRole?.tokenTtl),
      "token_ttl of the auth role: when the token ends, its leases end with it",
    )
  );
}

function lifeEvents({
  defaultTtl,
  maxTtl,
  renewEvery,
  rotationEarliest,
  rotationLatest,
  overlap,
  outageTolerance,
  renewals,
}: TimelineNumbers): TimelineEvent[] {
  const max = maxTtl.value;
  const first = renewEvery.value;
  const beforeRenewal = percent(defaultTtl.value, 27);
  return [
    moment("issue", 0, "Vault creates the user, and the agent writes the file"),
    ...(renewals.value > 0
      ? [
          span(
            "renewal",
            first,
            rotationEarliest.value,
            `the agent renews every ${duration(first)} or a little later, ${renewals.value} times or a few less`,
          ),
        ]
      : []),
    span(
      "outage",
      first,
      first + beforeRenewal,
      `an outage of Vault that begins here is survived for ${duration(beforeRenewal)}, and one that begins just before the rotation for ${duration(outageTolerance.value)}; ${duration(defaultTtl.value)} after the last renewal PostgreSQL refuses new logins`,
    ),
    span(
      "rotation",
      rotationEarliest.value,
      rotationLatest.value,
      "in this time the next credential replaces the file",
    ),
    span(
      "overlap",
      rotationLatest.value,
      max,
      `old and new credential both work, for ${duration(overlap.value)} at least`,
    ),
    moment("end", max, "Vault drops the old user"),
  ];
}

function shutdownEvents(
  { drain, revoke, terminationGracePeriod }: TimelineNumbers,
  { workload }: Chain,
): TimelineEvent[] {
  const told = drain?.value ?? 0;
  const grace = terminationGracePeriod.value;
  return [
    ...(drain ? [span("drain", 0, told, "the application ends its work")] : []),
    ...(revokes(workload.pod)
      ? [
          span(
            "revoke",
            told,
            Math.min(grace, told + revoke.value),
            "the agent revokes its token, and Vault drops the user",
          ),
        ]
      : []),
    moment("kill", grace, "the kubelet kills what still runs"),
  ];
}

/** Whether the pod takes its credential back as it ends; otherwise it lives on for the rest of its lease. */
export function revokes({ annotations, injection }: Chain["workload"]["pod"]): boolean {
  const patches = JSON.stringify([injection?.initPatch, injection?.sidecarPatch]);
  return (
    patches.includes("vault token revoke") ||
    known(annotations["vault.hashicorp.com/agent-revoke-on-shutdown"]) === "true"
  );
}

function moment(kind: TimelineEvent["kind"], at: number, text: string): TimelineEvent {
  return { kind, from: at, to: at, text };
}

function span(kind: TimelineEvent["kind"], from: number, to: number, text: string): TimelineEvent {
  return { kind, from, to, text };
}

/** Rounded down, in whole numbers. */
function percent(value: number, hundredths: number): number {
  return Math.floor((value * hundredths) / 100);
}
