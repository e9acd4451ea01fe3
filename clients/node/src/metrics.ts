import type { DatabaseOfService } from "./contract";
import type { RotationStatus } from "./rotation";

/** A value that is watched, by the name that it has in all of leasehold's clients. */
export interface Metric {
  /** In Prometheus; in OpenTelemetry it has dots in the place of underscores, and no `_total` at its end. */
  readonly name: string;
  readonly help: string;
  /** A counter only ever grows. */
  readonly type: "counter" | "gauge";
  readonly values: readonly MetricValue[];
}

export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Whatever has metrics: a pool. */
export interface Measured {
  metrics(): readonly Metric[];
}

/** What is used of a meter of OpenTelemetry. */
export interface Meter {
  createObservableCounter(name: string, options: { readonly description: string }): Observable;
  createObservableGauge(name: string, options: { readonly description: string }): Observable;
}

export interface Observable {
  addCallback(
    callback: (result: {
      observe(value: number, attributes: Readonly<Record<string, string>>): void;
    }) => void,
  ): void;
}

/** What there is to watch of a pool. */
export function metricsOf({ name, service }: DatabaseOfService, status: RotationStatus): readonly Metric[] {
  const one = (value: number, labels = {}): MetricValue => ({
    labels: { database: name, service, ...labels },
    value,
  });
  const old = Object.entries(status.connections)
    .filter(([generation]) => Number(generation) < status.generation)
    .reduce((sum, [, count]) => sum + count, 0);
  const current = status.connections[status.generation] ?? 0;
  const counter = (metric: string, help: string, value: number): Metric => ({
    name: `leasehold_${metric}_total`,
    help,
    type: "counter",
    values: [one(value)],
  });
  const gauge = (metric: string, help: string, ...values: readonly MetricValue[]): Metric => ({
    name: `leasehold_${metric}`,
    help,
    type: "gauge",
    values,
  });
  return [
    counter("rotations", "Changes of the credentials.", status.rotations),
    gauge(
      "seconds_since_rotation",
      "Since the last change; 0 before the first one.",
      one(status.secondsSinceRotation ?? 0),
    ),
    gauge(
      "overlap_seconds_left",
      "Until the old user may be dropped; 0 where there is none.",
      one(status.overlapSecondsLeft),
    ),
    gauge(
      "connections",
      "Open connections, of the current and of older users.",
      one(current, { user: "current" }),
      one(old, { user: "old" }),
    ),
    counter("overstays", "Connections that were still open near the end of an overlap.", status.overstays),
    counter(
      "credentials_errors",
      "Trouble with the credentials file or the CA file.",
      status.credentialsErrors,
    ),
    counter("retries", "Logins that were tried again.", status.retries),
    gauge("newest_refused", "1 where PostgreSQL refuses the newest user.", one(status.newestRefused ? 1 : 0)),
  ];
}

/** The metrics of all of a process's pools in the text format of Prometheus: what `/metrics` answers, or a part of it. */
export function prometheusText(...pools: readonly Measured[]): string {
  const merged = new Map<string, Metric>();
  for (const metric of pools.flatMap((pool) => pool.metrics())) {
    const values = merged.get(metric.name)?.values ?? [];
    merged.set(metric.name, { ...metric, values: [...values, ...metric.values] });
  }
  return [...merged.values()].map(exposition).join("");
}

function exposition({ name, help, type, values }: Metric): string {
  const lines = values.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}{${pairs.join(",")}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** Gives a pool's metrics to a meter of OpenTelemetry (`@opentelemetry/api`), which asks for them whenever it collects. */
export function observe(meter: Meter, pool: Measured): void {
  for (const { name, help, type } of pool.metrics()) {
    const known = name.replace(/_total$/, "").replaceAll("_", ".");
    const options = { description: help };
    const instrument =
      type === "counter"
        ? meter.createObservableCounter(known, options)
        : meter.createObservableGauge(known, options);
    instrument.addCallback((result) => {
      const values = pool.metrics().find((metric) => metric.name === name)?.values ?? [];
      values.forEach(({ value, labels }) => result.observe(value, labels));
    });
  }
}
