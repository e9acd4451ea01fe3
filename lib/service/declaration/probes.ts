/** A question that the kubelet asks the application. */
export type Probe =
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
    };

/** Whether a pod without its credentials file is kept from counting as ready. */
export type FileProbe =
  /** By `test -s` in the application's container, which needs a shell. */
  | { readonly kind: "shell" }
  | {
      readonly kind: "none";
      /** Why it may count as ready, such as an image without a shell. */
      readonly reason: string;
    };
