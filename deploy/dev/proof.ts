/** `npm run proof -- NAME [--seed N]`: long evidence on the lab. The last line is its figures; a miss exits 1. */
import { parseArgs } from 'node:util';
import { proveCuts } from '../../test/proof/cuts.ts';
import { labUp } from './steps.ts';

interface Proof {
  readonly what: string;
  /** Answers whether it holds, and its figures as one line. */
  readonly run: (seed: number) => Promise<{ readonly holds: boolean; readonly figures: string }>;
}

const PROOFS: Readonly<Record<string, Proof>> = {
  cuts: {
    what: 'a run cut at every request leaves nothing open and no mark on two orders',
    run: async (seed) => {
      const figures = await proveCuts({ seed, share: 1, say: console.log });
      const { residue, marksTwice, wronglyPassed } = figures;
      const holds = residue === 0 && marksTwice === 0 && wronglyPassed === 0;
      return { holds, figures: `cuts: ${JSON.stringify({ seed, ...figures })}` };
    },
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' } },
});
const [name = ''] = positionals;
const proof = PROOFS[name];
const seed = Number(values.seed);
if (proof === undefined || !Number.isSafeInteger(seed)) {
  const names = Object.entries(PROOFS).map(([proofName, { what }]) => `  ${proofName}  ${what}`);
  console.error(`usage: npm run proof -- NAME [--seed N]\n\n${names.join('\n')}`);
  process.exit(2);
}
labUp();
const { holds, figures } = await proof.run(seed);
console.log(figures);
process.exitCode = holds ? 0 : 1;
