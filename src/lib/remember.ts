/** Remembers answers of a pure function that is asked the same over and over. */

/** Keeps at most so many answers; the one that came first goes first. */
export function remember<T extends object | number>(
  most: number,
  compute: (key: string) => T,
): (key: string) => T {
  const answers = new Map<string, T>();
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
