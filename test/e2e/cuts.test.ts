import { expect, it } from 'vitest';
import { proveCuts } from '../proof/cuts.ts';

// The whole proof is `npm run proof -- cuts`; here a seeded sample of it.
it('a run cut anywhere leaves nothing that a sweep cannot undo', async () => {
  const said: string[] = [];
  const figures = await proveCuts({
    seed: 20_261_122,
    share: 0.06,
    say: (line) => said.push(line),
  });
  expect(figures.cutPoints, said.join('\n')).toBeGreaterThanOrEqual(20);
  expect(figures).toMatchObject({ residue: 0, marksTwice: 0, wronglyPassed: 0 });
}, 400_000);
