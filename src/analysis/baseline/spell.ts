/** Since when runs are bad, and how many of the last ones were: what a text says of a trouble. */

/** Times are epoch milliseconds, 0 for never. */
export interface Spell {
  sum: number;
  since: number;
  /** Since it began. */
  runs: number;
  /** The last runs as bits, the newest the lowest; set is bad. */
  bits: number;
}

export interface Spells {
  readonly bad: number;
  readonly of: number;
}

export const freshSpell = (): Spell => ({ sum: 0, since: 0, runs: 0, bits: 0 });

const LAST = 12;
const MOST = 24;

/** A bad run outweighs so many good ones after it; a spell began when the sum last left nought (Page 1954). */
export function noteRun(
  spell: Spell,
  t: number,
  { bad, weight }: { readonly bad: boolean; readonly weight: number },
): void {
  if (bad && spell.sum === 0) {
    spell.since = t;
    spell.runs = 0;
  }
  spell.sum = Math.min(MOST, Math.max(0, spell.sum + (bad ? weight : -1)));
  spell.runs += 1;
  spell.bits = ((spell.bits << 1) | (bad ? 1 : 0)) & ((1 << LAST) - 1);
}

export function spellOf({ runs, bits }: Spell): Spells {
  const of = Math.min(LAST, runs);
  let bad = 0;
  for (let rest = bits & ((1 << of) - 1); rest !== 0; rest &= rest - 1) bad += 1;
  return { bad, of };
}
