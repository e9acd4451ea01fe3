import type { Place, TerraformResource } from "../../access";
import type { Rule, Violation } from "../rule";

const DEVICE = "vault_audit";

type Placed = TerraformResource & { readonly place: Place };

export const auditFirst: Rule = {
  id: "vault/audit-first",
  severity: "warning",
  title: "made beside the audit devices",
  why: 'While Vault sets up its first device it cannot record anything: where the entry of a response fails the work is done and the answer is an error, and the second try meets "path is already in use". At destroy the device goes first, and what is deleted after it is recorded nowhere. (Vault 1.21.4: failed to persist salt: cannot write to storage during setup)',
  example: {
    language: "hcl",
    text: `resource "vault_audit" "stdout" {
  type    = "file"
  path    = "stdout"
  options = { file_path = "stdout" }
}

resource "vault_mount" "database" {
  type = "database"
  path = "database"
}`,
  },
  *check({ terraform }) {
    for (const made of ofOneVault(terraform.resources)) yield* besideDevices(made);
  },
};

/** What each root makes in each Vault, one instance of a block. Another provider may be another Vault. */
function ofOneVault(resources: readonly TerraformResource[]): Placed[][] {
  const roots = new Map<Place["order"], Map<string, Map<string, Placed>>>();
  for (const resource of resources) {
    const { mode, type, place, provider = "vault" } = resource;
    if (mode !== "managed" || !type.startsWith("vault_") || place === undefined) continue;
    const vaults = roots.get(place.order) ?? new Map<string, Map<string, Placed>>();
    const made = vaults.get(provider) ?? new Map<string, Placed>();
    if (!made.has(place.block)) made.set(place.block, { ...resource, place });
    roots.set(place.order, vaults.set(provider, made));
  }
  return [...roots.values()].flatMap((vaults) => [...vaults.values()].map((made) => [...made.values()]));
}

function* besideDevices(made: readonly Placed[]): Iterable<Violation> {
  const devices = made.filter(({ type }) => type === DEVICE).map(withPredecessors);
  if (devices.length === 0) return;
  const late = made
    .filter(({ type }) => type !== DEVICE)
    .map(withPredecessors)
    .flatMap(({ resource, before, isComplete }) => {
      // What a device itself needs has to be there before it.
      const possible = devices.filter((device) => !device.before.has(resource.place.block));
      const [device] = possible;
      const waits = !isComplete || possible.some((each) => before.has(each.resource.place.block));
      return device === undefined || waits ? [] : [{ resource, before, device: device.resource }];
    });
  const blocks = late.map(({ resource }) => resource.place.block);
  for (const { resource, before, device } of late) {
    // What waits for another one of these comes after the devices as soon as that one does.
    if (blocks.some((block) => before.has(block))) continue;
    yield {
      at: resource.origin,
      message: `it does not wait for ${device.origin.address}, so that it is made beside it and may be destroyed after it`,
      fix: `add ${device.place.block} to the depends_on of the resource, or of the module that holds it`,
    };
  }
}

function withPredecessors(resource: Placed) {
  const { order, block } = resource.place;
  const { blocks: before, isComplete } = order.waitsFor(block);
  return { resource, before, isComplete };
}
