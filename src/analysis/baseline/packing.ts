/** Plain objects, maps, sets and lists of numbers as JSON and back, and whether what came back is what was wanted. */

/** What JSON does not know, by the name under which it is written; lists of numbers as base64 of their bytes. */
const KINDS: Readonly<Record<string, (packed: never) => unknown>> = {
  map: (entries: readonly (readonly [unknown, unknown])[]): unknown =>
    new Map(entries.map(unpackedEntry)),
  set: (items: readonly unknown[]): unknown => new Set(items),
  floats: (text: string) => new Float32Array(bytesOf(text)),
  shorts: (text: string) => new Int16Array(bytesOf(text)),
};

export function packed(value: unknown): unknown {
  if (value instanceof Map) {
    return { map: [...value].map(([key, one]: [unknown, unknown]) => [key, packed(one)]) };
  }
  if (value instanceof Set) return { set: [...value] };
  if (value instanceof Float32Array) return { floats: textOf(value) };
  if (value instanceof Int16Array) return { shorts: textOf(value) };
  if (Array.isArray(value)) return value.map((one: unknown): unknown => packed(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, packed(one)]));
}

/** Throws where a list is not what its name says. */
export function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => unpacked(one));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    const revive = KINDS[first[0]];
    if (revive !== undefined) return revive(first[1] as never);
  }
  return Object.fromEntries(entries.map(([key, one]) => [key, unpacked(one)]));
}

const unpackedEntry = ([key, one]: readonly [unknown, unknown]): readonly [unknown, unknown] => [
  key,
  unpacked(one),
];

const textOf = (list: Float32Array | Int16Array): string =>
  Buffer.from(list.buffer, list.byteOffset, list.byteLength).toString('base64');

/** A copy, for a small buffer begins anywhere in a large one. */
const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, 'base64')).buffer;

/** Whether it has all that the sample has, of the same kinds: finite numbers, lists of numbers as long. */
export function isLike(sample: unknown, value: unknown): boolean {
  if (typeof sample === 'number') return Number.isFinite(value);
  if (typeof sample !== 'object' || sample === null) return typeof value === typeof sample;
  if (typeof value !== 'object' || value === null) return false;
  if (value.constructor !== sample.constructor) return false;
  if (sample instanceof Float32Array || sample instanceof Int16Array) {
    const list = value as Float32Array | Int16Array;
    return list.length === sample.length && list.every(Number.isFinite);
  }
  return Object.entries(sample).every(([key, one]) =>
    isLike(one, (value as Readonly<Record<string, unknown>>)[key]),
  );
}
