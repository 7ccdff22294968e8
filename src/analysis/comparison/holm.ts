/** Many questions at once: the more of them, the surer each answer must be. */

/** Probabilities adjusted so that the smallest of all innocent ones is below a level as rarely as that level says (Holm 1979). What was not asked is undefined, and stays so. */
export function holm(
  probabilities: readonly (number | undefined)[],
): readonly (number | undefined)[] {
  const ranked = probabilities
    .flatMap((p, index) => (p === undefined ? [] : { p, index }))
    .sort((a, b) => a.p - b.p);
  const adjusted = new Map<number, number>();
  let least = 0;
  ranked.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, p * (ranked.length - rank)));
    adjusted.set(index, least);
  });
  return probabilities.map((_, index) => adjusted.get(index));
}
