import { INJECTOR_PREFIX, known, type AccessGraph, type Injection, type Workload } from "../../access";

/** A workload whose pods get an agent. */
export type Injected = Workload & { readonly pod: { readonly injection: Injection } };

/** The workloads that ask for an agent. */
export function injected({ workloads }: AccessGraph): Injected[] {
  return workloads.filter((workload): workload is Injected => workload.pod.injection?.requested === true);
}

/** The value of an annotation of the injector on the pods, where it is known. */
export function annotation({ pod }: Workload, name: string): string | undefined {
  return known(pod.annotations[INJECTOR_PREFIX + name]);
}
