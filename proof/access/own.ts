/**
 * The value of a record at a key that somebody else chose. A record inherits `constructor` and `toString` as every
 * object does; those are no entries of it.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A record to be filled under keys that somebody else chooses: it inherits nothing, and `__proto__` is a key. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Sets a key that somebody else chose: `__proto__` is one like any other. */
export function put<T>(record: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__")
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}
