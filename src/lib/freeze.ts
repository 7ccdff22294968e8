/** Freezes a value and everything under it, so that a record stays what it was. */
export function deepFreeze<T>(value: T, seen = new Set<object>()): T {
  if (typeof value === 'object' && value !== null && !seen.has(value)) {
    seen.add(Object.freeze(value));
    for (const inner of Object.values(value)) deepFreeze(inner, seen);
  }
  return value;
}
