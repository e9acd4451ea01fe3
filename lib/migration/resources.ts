/** Addresses of resources that one configuration has otherwise than another. */
export interface ResourceChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What is different between two stacks in Terraform's JSON. */
export function resourceChanges(before: string, after: string): ResourceChanges {
  const [old, young] = [resources(before), resources(after)];
  return {
    added: [...young.keys()].filter((address) => !old.has(address)).sort(),
    changed: [...young]
      .filter(([address, text]) => old.has(address) && old.get(address) !== text)
      .map(([address]) => address)
      .sort(),
    removed: [...old.keys()].filter((address) => !young.has(address)).sort(),
  };
}

function resources(text: string): Map<string, string> {
  const { resource = {} } = JSON.parse(text) as { resource?: Record<string, Record<string, object>> };
  return new Map(
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]) => [`${type}.${name}`, JSON.stringify(body)] as const),
    ),
  );
}
