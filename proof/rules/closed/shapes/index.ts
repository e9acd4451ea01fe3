import type { Shape } from "../shape";
import { authRole } from "./auth";
import { KUBERNETES } from "./kubernetes";

/** What the proof understands, by the type of the resource. */
export const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["vault_kubernetes_auth_backend_role", authRole],
  ...KUBERNETES,
]);
