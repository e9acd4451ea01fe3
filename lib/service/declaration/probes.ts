import type { Duration } from "../../core";

/** A question that the kubelet asks a container, and how often. */
export type Probe = ProbeTiming &
  (
    | {
        readonly kind: "http";
        /** Path of the request, from the slash on; an answer from 200 to 399 is yes. */
        readonly path: string;
        /** Port that is asked. */
        readonly port: number;
      }
    | {
        readonly kind: "tcp";
        /** Port that is asked; a connection is yes. */
        readonly port: number;
      }
    | {
        readonly kind: "exec";
        /** Program and arguments; exit code 0 is yes. */
        readonly command: readonly string[];
      }
  );

/** When a question is asked, and how often it may go unanswered. */
export interface ProbeTiming {
  /**
   * From one question to the next, up to a minute.
   * @default "10s"
   * @protects from a fault that is seen minutes later, and from an application that does nothing but answer
   */
  readonly period?: Duration;
  /**
   * How long an answer may take, up to half a minute.
   * @default "5s"
   * @protects from an answer that never comes, which would count as none
   */
  readonly timeout?: Duration;
  /**
   * How many questions in a row may fail: up to ten, and at the start as many as take ten minutes.
   * @default 3; of `startup` 30
   * @protects from one slow answer that takes a pod away
   */
  readonly failures?: number;
  /**
   * How long after the container's start it is asked first, up to ten minutes.
   * @default - at once
   * @protects nothing: a container that starts slowly is better asked by `startup`
   */
  readonly initialDelay?: Duration;
}

/** The questions that a container is asked which runs all the time. */
export interface Probes {
  /**
   * Whether a container has started; before that it is asked nothing else, and it is restarted if it never has.
   * @default - it counts as started once it runs
   * @protects from `liveness` that restarts an application which has not started yet
   */
  readonly startup?: Probe;
  /**
   * Whether a pod may get requests.
   * @default - of the application: it may once the credentials file is there
   * @protects from requests to a pod that cannot log in to its database
   */
  readonly readiness?: Probe;
  /**
   * Whether a container must not be restarted.
   * @default - it is restarted only when it exits
   * @protects from restarts of a slow application, each of which costs a login and a new user
   */
  readonly liveness?: Probe;
}

/** Whether a pod without its credentials file is kept from counting as ready. */
export type FileProbe =
  /** By `test -s` in the application's container, which needs a shell. */
  | { readonly kind: "shell" }
  | {
      readonly kind: "none";
      /** Why it may count as ready, such as an image without a shell. */
      readonly reason: string;
    };
