import type { Shape } from "../shape";
import { authRole } from "./auth";
import { helmRelease } from "./helm";

/** What the proof understands, by the type of the resource. */
export const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["helm_release", helmRelease],
  ["vault_kubernetes_auth_backend_role", authRole],
]);
