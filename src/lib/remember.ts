/** Remembers answers of a pure function that is asked the same over and over. */

/** Keeps at most so many answers; the one that came first goes first. */
export function remember<K extends string | number, T extends object | string | number>(
  most: number,
  compute: (key: K) => T,
): (key: K) => T {
  const answers = new Map<K, T>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = compute(key);
    const [oldest] = answers.keys();
    if (answers.size >= most && oldest !== undefined) answers.delete(oldest);
    answers.set(key, answer);
    return answer;
  };
}
