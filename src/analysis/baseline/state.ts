/** What the detector remembers as plain JSON and back, exactly: after a restart it says what it would have said. */
import type { Fleet } from './fleet.ts';

/** Another number means another meaning: such a state is not read. */
const VERSION = 1;

interface Packed {
  readonly v: number;
  readonly fleet: unknown;
}

/** Plain objects, lists, texts and numbers. */
export function saved(fleet: Fleet): object {
  return { v: VERSION, fleet: packed(fleet) };
}

/** Of what `saved` made; undefined when it is of another version. */
export function restored(state: unknown): Fleet | undefined {
  if (typeof state !== 'object' || state === null || (state as Packed).v !== VERSION) {
    return undefined;
  }
  return unpacked((state as Packed).fleet) as Fleet;
}

/** Kinds of lists that JSON does not know, by the name under which they are written. */
const KINDS: Readonly<Record<string, (items: readonly never[]) => unknown>> = {
  map: (items) => new Map(items),
  set: (items) => new Set(items),
  doubles: (items) => Float64Array.from(items),
  shorts: (items) => Int16Array.from(items),
};

function packed(value: unknown): unknown {
  if (value instanceof Map) {
    return { map: [...value].map(([key, item]) => [key as unknown, packed(item)]) };
  }
  if (value instanceof Set) return { set: [...value] };
  if (value instanceof Float64Array) return { doubles: [...value] };
  if (value instanceof Int16Array) return { shorts: [...value] };
  if (Array.isArray(value)) return value.map(packed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packed(item)]));
}

function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    const [kind, items] = first;
    const revive = KINDS[kind];
    if (revive !== undefined && Array.isArray(items)) return revive(items.map(unpacked) as never[]);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, unpacked(item)]));
}
