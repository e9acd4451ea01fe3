import { known, type Chain } from "../access";

/** A number, and why it is that. */
export interface TimelineNumber {
  readonly value: number;
  /** `written` in the configuration, `derived` from what is, or a `default` of somebody's. */
  readonly origin: "written" | "derived" | "default";
  readonly reason: string;
}

export function contractNumber(chain: Chain, suffix: string, reason: string): TimelineNumber | undefined {
  const name = chain.use.name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  return variable(chain, `LEASEHOLD_${name}_${suffix}`, reason);
}

export function variable({ workload }: Chain, name: string, reason: string): TimelineNumber | undefined {
  const found = workload.pod.containers.flatMap(({ env }) => env).find((each) => known(each.name) === name);
  const value = Number(known(found?.value) ?? NaN);
  return Number.isFinite(value) ? written(value, reason) : undefined;
}

export function optional<K extends string>(
  key: K,
  value: TimelineNumber | undefined,
): Partial<Record<K, TimelineNumber>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, TimelineNumber>);
}

export function written(value: number | undefined, reason: string): TimelineNumber | undefined {
  return value === undefined || value === 0 ? undefined : { value, origin: "written", reason };
}

export function derived(value: number, reason: string): TimelineNumber {
  return { value, origin: "derived", reason };
}

export function fallback(value: number, reason: string): TimelineNumber {
  return { value, origin: "default", reason };
}

export function smallest(...numbers: readonly (TimelineNumber | undefined)[]): TimelineNumber | undefined {
  return numbers.reduce(
    (least, each) => (each && (!least || each.value < least.value) ? each : least),
    undefined,
  );
}
