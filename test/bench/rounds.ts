/** Measures contestants in turns, the order swapped every round, so that the machine's moods hit all alike. */

export interface Sample {
  readonly totalMs: number;
}

export interface BrowserSample extends Sample {
  /** From the new browser context until the order was confirmed. */
  readonly browserMs: number;
}

type Contestants = Readonly<Record<string, () => Promise<Sample>>>;

/** One round: a sample of each contestant. */
type Round<C extends Contestants> = { readonly [Name in keyof C]: Awaited<ReturnType<C[Name]>> };

export interface RoundsOptions {
  readonly warmUp: number;
  readonly rounds: number;
  /** Aborts between two samples. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Rejects as soon as a contestant fails. */
export async function interleave<C extends Contestants>(
  contestants: C,
  { warmUp, rounds, signal, say }: RoundsOptions,
): Promise<readonly Round<C>[]> {
  const counted: Round<C>[] = [];
  for (let round = 1 - warmUp; round <= rounds; round += 1) {
    const entries = Object.entries(contestants);
    const order = round % 2 === 0 ? entries : entries.toReversed();
    const samples: Record<string, Sample> = {};
    for (const [name, play] of order) {
      signal.throwIfAborted();
      samples[name] = await play();
    }
    const shown = entries.map(([name]) => `${name} ${samples[name]!.totalMs.toFixed(0)} ms`);
    say(`${round < 1 ? 'warm-up' : `${round}/${rounds}`}  ${shown.join('  ')}`);
    if (round >= 1) counted.push(samples as Round<C>);
  }
  return counted;
}
