import { known, type Connection } from "../../access";

/** The sslmode of a connection's URL or keywords, if it says one. */
export function sslmodeOf({ url }: Connection): string | undefined {
  return /[?&\s]sslmode=([\w-]+)/.exec(known(url) ?? "")?.[1];
}
