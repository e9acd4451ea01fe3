import { ownValue } from "../../access";
/** Annotations of the injector, without their prefix (vault-k8s 1.7.6, agent-inject/agent/annotations.go). */
export const ANNOTATIONS: Readonly<
  Record<string, "boolean" | "duration" | "integer" | "mode" | "number" | "quantity" | "text">
> = {
  "agent-auto-auth-exit-on-err": "boolean",
  "agent-cache-enable": "boolean",
  "agent-cache-exit-on-err": "boolean",
  "agent-cache-listener-port": "integer",
  "agent-cache-use-auto-auth-token": "text",
  "agent-configmap": "text",
  "agent-copy-volume-mounts": "text",
  "agent-disable-idle-connections": "text",
  "agent-disable-keep-alives": "text",
  "agent-enable-quit": "boolean",
  "agent-extra-secret": "text",
  "agent-image": "text",
  "agent-init-first": "boolean",
  "agent-init-json-patch": "text",
  "agent-inject": "boolean",
  "agent-inject-containers": "text",
  "agent-inject-default-template": "text",
  "agent-inject-status": "text",
  "agent-inject-token": "boolean",
  "agent-json-patch": "text",
  "agent-limits-cpu": "quantity",
  "agent-limits-ephemeral": "quantity",
  "agent-limits-mem": "quantity",
  "agent-pre-populate": "boolean",
  "agent-pre-populate-only": "boolean",
  "agent-request-namespace": "text",
  "agent-request-port": "text",
  "agent-requests-cpu": "quantity",
  "agent-requests-ephemeral": "quantity",
  "agent-requests-mem": "quantity",
  "agent-revoke-grace": "integer",
  "agent-revoke-on-shutdown": "boolean",
  "agent-run-as-group": "integer",
  "agent-run-as-same-user": "boolean",
  "agent-run-as-user": "integer",
  "agent-service-account-token-volume-name": "text",
  "agent-set-security-context": "boolean",
  "agent-share-process-namespace": "boolean",
  "agent-template-left-delim": "text",
  "agent-template-right-delim": "text",
  "auth-max-backoff": "duration",
  "auth-min-backoff": "duration",
  "auth-path": "text",
  "auth-type": "text",
  "ca-cert": "text",
  "ca-key": "text",
  "client-cert": "text",
  "client-key": "text",
  "client-max-retries": "integer",
  "client-timeout": "text",
  "error-on-missing-key": "boolean",
  "go-max-procs": "text",
  "log-format": "text",
  "log-level": "text",
  namespace: "text",
  "preserve-secret-case": "boolean",
  "proxy-address": "text",
  role: "text",
  "secret-volume-path": "text",
  service: "text",
  "template-config-exit-on-retry-failure": "boolean",
  "template-lease-renewal-threshold": "number",
  "template-max-connections-per-host": "integer",
  "template-static-secret-render-interval": "text",
  "tls-secret": "text",
  "tls-server-name": "text",
  "tls-skip-verify": "boolean",
};

/** Annotations with the name of a file at their end. */
export const PER_FILE: Readonly<Record<string, "boolean" | "mode" | "text">> = {
  "agent-inject-secret": "text",
  "agent-inject-template": "text",
  "agent-inject-template-file": "text",
  "agent-inject-file": "text",
  "agent-inject-perms": "mode",
  "agent-inject-command": "text",
  "secret-volume-path": "text",
  "preserve-secret-case": "boolean",
  "error-on-missing-key": "boolean",
  "agent-template-left-delim": "text",
  "agent-template-right-delim": "text",
};

/** What an annotation holds; nothing where the injector does not know it. */
export function kindOf(name: string): string | undefined {
  const known = ownValue(ANNOTATIONS, name);
  if (known !== undefined) return known;
  if (/^(auth-config|agent-telemetry)-./.test(name)) return "text";
  const base = Object.keys(PER_FILE)
    .sort((a, b) => b.length - a.length)
    .find((each) => name.startsWith(`${each}-`) && name.length > each.length + 1);
  return base === undefined ? undefined : PER_FILE[base];
}
