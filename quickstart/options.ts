/** What is said on the command line; what is not said is found out. */
export interface Options {
  /** Holds everything that a run makes on this machine. */
  readonly directory: string;
  /** @default the current one of the kubeconfig */
  readonly context?: string;
  /** Address or name by which pods reach this machine. */
  readonly host?: string;
  /** URL of a PostgreSQL as its superuser, which pods reach by the same host. */
  readonly postgres?: string;
  /** Where the PostgreSQL of this run's own listens. */
  readonly port: number;
  /** Directory of Vault's chart, unpacked. */
  readonly chart?: string;
  /** Command that gets the archive $ARCHIVE onto the nodes. */
  readonly load?: string;
  /** A Python that has leasehold's client. */
  readonly python?: string;
  readonly down?: boolean;
}
