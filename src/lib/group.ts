/** Items by a name or number that each of them has, in the order in which they came. */
export function groupBy<T, K extends string | number>(
  items: Iterable<T>,
  nameOf: (item: T) => K,
): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
