/** A place in a value, from its root. */
export type Place = readonly (string | number)[];

/** Every place of a value below its root: lists, objects and what is in them. */
export function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const place = [...at, Array.isArray(value) ? Number(key) : key];
    return [place, ...placesOf(inner, place)];
  });
}

/** The same value with another one at a place; `undefined` takes it out. */
export function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const inner = replaced(value[Number(key)], rest, by);
    return value.flatMap((each: unknown, index) =>
      index !== key ? [each] : inner === undefined ? [] : [inner],
    );
  }
  const inner = replaced((value as Record<string, unknown>)[key], rest, by);
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, each]: [string, unknown]) =>
      name !== String(key) ? [[name, each]] : inner === undefined ? [] : [[name, inner]],
    ),
  );
}

/** The value at a place. */
export function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((each, key) => (each as Record<string | number, unknown>)[key], value);
}
