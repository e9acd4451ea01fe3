import { isUnknown, known, type Known } from "../../../access";
import type { Injected } from "../../lifecycle/pods";

/** The only values of an annotation under which the chain holds. */
export interface Form {
  /** Without it the injector's default breaks something; a function: with these pods. */
  readonly needed: boolean | ((pods: Injected) => boolean);
  readonly is: (value: string, pods: Injected) => boolean;
  /** `be "true"`. */
  readonly must: string | ((pods: Injected) => string);
}

function only(value: string, needed: Form["needed"] = true): Form {
  return { needed, is: (found) => found === value, must: `be ${JSON.stringify(value)}` };
}

function like(form: RegExp, must: string, needed: Form["needed"] = true): Form {
  return { needed, is: (found) => form.test(found), must };
}

const hasMode = (mode: string) => (pods: Injected) => pods.pod.injection.mode === mode;
const isBeside = hasMode("sidecar-only");
const hasSidecar = (pods: Injected) => isBeside(pods) || hasMode("init-and-sidecar")(pods);

/** Least memory of an agent: it uses 13 to 20 Mi, and is killed with less. */
const LEAST_MEMORY = 32;

function memory(least: (pods: Injected) => number): Form {
  return {
    needed: true,
    is: (found, pods) => (mebibytes(found) ?? 0) >= least(pods) && (mebibytes(found) ?? 0) <= 1024,
    must: (pods) => `be a quantity from ${least(pods)}Mi to 1Gi`,
  };
}

function mebibytes(quantity: string | undefined): number | undefined {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity ?? "") ?? [];
  return number === undefined ? undefined : Number(number) * (unit === "Gi" ? 1024 : 1);
}

function value({ pod }: Injected, name: string): string | undefined {
  return known(pod.annotations[`vault.hashicorp.com/${name}`]);
}

/** Users that the containers with the file run as, where all are known. */
function usersOf({ pod }: Injected): readonly Known<number>[] {
  const { containers: named } = pod.injection;
  return pod.containers
    .filter(({ name }) => named === undefined || named.includes(String(known(name))))
    .map(({ runAsUser }) => runAsUser ?? pod.runAsUser);
}

/** Annotations on which the chain relies, without their prefix (vault-k8s 1.7.6, agent-inject/agent/annotations.go). */
export const FORMS: Readonly<Record<string, Form>> = {
  "agent-inject": only("true"),
  role: like(/^[^\s/]+$/, "be the name of a role"),
  "auth-path": like(/^auth\/[^\s/][^\s]*[^\s/]$|^auth\/[^\s/]$/, "be the path of an auth method, with auth/"),
  service: like(/^https?:\/\/[^\s/]+$/, "be an address of Vault, with its scheme"),
  namespace: like(/^[\w-]+(\/[\w-]+)*$/, "be a namespace of Vault, from the root", false),
  "agent-service-account-token-volume-name": like(/^[a-z0-9-]+$/, "be the name of a volume"),
  "agent-inject-containers": like(/^[a-z0-9-]+(,[a-z0-9-]+)*$/, "be names of containers, with commas alone"),
  "agent-run-as-user": {
    needed: true,
    is: (found, pods) => usersOf(pods).every((user) => !isUnknown(user) && String(user) === found),
    must: (pods) => `be the user of the containers with the file, ${usersOf(pods).map(shown).join(" and ")}`,
  },
  "agent-set-security-context": only("true"),
  "agent-init-first": only("true", (pods) => !isBeside(pods)),
  "agent-requests-cpu": like(/^([1-9]\d?|[1-4]\d\d)m$/, "be a quantity from 1m to 499m"),
  "agent-requests-mem": memory(() => LEAST_MEMORY),
  "agent-limits-cpu": only(""),
  "agent-limits-mem": memory((pods) => Math.max(64, mebibytes(value(pods, "agent-requests-mem")) ?? 0)),
  "agent-pre-populate": only("false", false),
  "agent-pre-populate-only": only("true", false),
  "agent-revoke-on-shutdown": only("true", hasSidecar),
  "agent-revoke-grace": like(/^[1-9]\d*$/, "be a number of seconds", hasSidecar),
  // What the patches come to, the admission of the pod says.
  "agent-init-json-patch": { needed: hasMode("native-sidecar"), is: () => true, must: "be a patch" },
  "agent-json-patch": { needed: hasSidecar, is: () => true, must: "be a patch" },
  "agent-share-process-namespace": {
    needed: ({ pod }) => pod.shareProcessNamespace === true,
    is: (found, pods) => found === "true" && restarts(pods),
    must: 'be "true" and of a workload that says why, in leasehold/restart-on-rotation',
  },
  "template-config-exit-on-retry-failure": {
    needed: true,
    is: (found, pods) => found === String(!isBeside(pods)),
    must: (pods) => `be ${JSON.stringify(String(!isBeside(pods)))}`,
  },
};

function shown(user: Known<number>): string {
  return isUnknown(user) ? user.expression : String(user ?? "the image's");
}

/** An application that still goes by a static credential has nothing to be restarted for. */
function restarts({ annotations, pod }: Injected): boolean {
  const isStatic = known(pod.labels["leasehold/credentials"]) === "static";
  return known(annotations["leasehold/restart-on-rotation"]) !== undefined && !isStatic;
}

/** Those that end in the name of a file. */
export const FILE_FORMS: Readonly<Record<string, Form>> = {
  "agent-inject-secret": like(/^[^\s/][^\s]*$/, "be a path of Vault"),
  "agent-inject-template": like(/\S/, "be a template"),
  "agent-inject-file": like(/^[\w.-]+$/, "be a name of a file"),
  // The agent's user is the application's: nobody else has to read it.
  "agent-inject-perms": only("0400"),
  "error-on-missing-key": only("true"),
  "agent-inject-command": {
    needed: restarts,
    is: (found, pods) => restarts(pods) && /^pkill -(TERM|HUP|USR1|USR2) -x [\w.-]+ \|\| true$/.test(found),
    must: "be a signal for the process of leasehold/restart-on-rotation, which must not fail",
  },
};
