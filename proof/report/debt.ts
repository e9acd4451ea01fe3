import type { EnvironmentReport } from "./model";
import { counted } from "./words";

/** Services that live on a password which never changes, with why and until when. */
export function debtLines(
  { services }: EnvironmentReport,
  table: (header: readonly string[], rows: readonly (readonly string[])[]) => string,
): string[] {
  const owing = services.filter(({ migration }) => ["static", "shadow", "canary"].includes(migration.stage));
  if (owing.length === 0) return [];
  const rows = owing.map(({ id, migration: { stage, stays } }) => [
    id,
    stage,
    stays?.until ?? "nobody says",
    stays?.reason ?? "it is on its way",
  ]);
  return [
    `Debt: ${counted(owing.length, "service")} with a password that never changes; what its user may do is not known.`,
    table(["service", "stage", "stays until", "because"], rows),
  ];
}
