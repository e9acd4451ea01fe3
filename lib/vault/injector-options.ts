/** The webhook that puts a Vault agent into pods which ask for one. */
export interface InjectorOptions {
  /**
   * Pods of the webhook, each on a node of its own.
   *
   * @default - 2; in dev mode 1
   * @protects from a webhook that is away while its one node is drained
   */
  readonly replicas?: number;
  /**
   * What happens to new pods while the webhook cannot be reached.
   *
   * @default - `{ kind: "fail" }`; in dev mode pods start without an agent
   * @protects from pods that start without credentials and stay so
   */
  readonly failurePolicy?: FailurePolicy;
  /**
   * Namespaces, beside those of Kubernetes and of Vault itself, whose pods never wait for the webhook and
   * never get an agent.
   *
   * @default - none
   * @protects from a pod without an agent that somebody has forgotten to take off this list
   */
  readonly excludedNamespaces?: readonly string[];
  /**
   * Seconds that the API server waits for the webhook, 1 to 30.
   *
   * @default 5
   * @protects from an API server that waits long for a webhook which does not answer
   */
  readonly timeoutSeconds?: number;
}

/** What happens to new pods while the webhook cannot be reached. */
export type FailurePolicy =
  | {
      /** They are refused, and created again once the webhook answers. */
      readonly kind: "fail";
    }
  | {
      /** They start without an agent, and so without credentials, until somebody deletes them. */
      readonly kind: "ignore";
      /** Why pods without credentials are acceptable. */
      readonly reason: string;
    };
