import { apply } from "./01-apply";
import { issue } from "./02-issue";
import { leastPrivilege } from "./03-least-privilege";
import { rotate } from "./04-rotate";
import { goAway } from "./05-go-away";
import { changes } from "./06-changes";
import { databaseDown } from "./06-database-down";
import { injectorDown } from "./06-injector-down";
import { revokedRole } from "./06-revoked-role";
import { rootRotation } from "./06-root-rotation";
import { vaultSealed } from "./06-vault-sealed";
import { job, pythonJob } from "./07-job";
import { modesAndFormats } from "./08-modes-and-formats";
import { audit } from "./09-audit";
import { destroy } from "./10-destroy";
import { destroyInTheWrongOrder } from "./11-destroy-in-the-wrong-order";
import { migration } from "./12-migration";
import { schemaChanges } from "./13-schema-changes";
import { firstApply } from "./14-first-apply";
import { refusals } from "./15-refusals";
import { clusters } from "./16-clusters";
import { people } from "./17-people";
import { laterProviders } from "./18-later-providers";
import { clocks } from "./19-clocks";
import { connections } from "./20-connections";
import type { Scenario } from "./scenario";

/** In the order in which they run; the first one sets the others up, the last two take it down. */
export const scenarios: readonly Scenario[] = [
  apply,
  issue,
  leastPrivilege,
  rotate,
  goAway,
  vaultSealed,
  databaseDown,
  injectorDown,
  revokedRole,
  changes,
  rootRotation,
  laterProviders,
  job,
  pythonJob,
  modesAndFormats,
  audit,
  migration,
  schemaChanges,
  refusals,
  connections,
  clusters,
  people,
  clocks,
  firstApply,
  destroy,
  destroyInTheWrongOrder,
];
