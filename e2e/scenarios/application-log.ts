/** A line that an application of e2e/apps writes. */
export interface ApplicationEvent {
  readonly at: string;
  readonly event: "started" | "connected" | "error" | "stopping" | "drained" | "done";
  /** The user that the credentials file named at the start. */
  readonly credentials?: string;
  readonly user?: string;
  readonly message?: string;
  readonly queries?: number;
}

/** The events of one kind that a container has logged, oldest first. */
export function events(
  container: { readonly log: string },
  kind: ApplicationEvent["event"],
): ApplicationEvent[] {
  return container.log
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as ApplicationEvent)
    .filter(({ event }) => event === kind);
}
