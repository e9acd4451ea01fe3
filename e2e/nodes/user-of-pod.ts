import fs from "node:fs";
import path from "node:path";
import { volumeOf, type Pod } from "../cluster/pods";
import type { Credentials } from "../scenarios/database-login";
import type { NodesBench } from "./bench";

/** Whom the credentials file of a pod names. */
export function userOf({ cluster }: NodesBench, pod: Pod): string {
  const file = path.join(volumeOf(cluster, pod, "vault-secrets", "empty-dir"), "shop.json");
  return (JSON.parse(fs.readFileSync(file, "utf8")) as Credentials).username;
}
