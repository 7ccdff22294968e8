import { expect, it } from 'vitest';
import { cutsHold } from '../proof/aftermath.ts';
import { proveCuts } from '../proof/cuts.ts';

// The whole proof is `npm run proof -- cuts`; here a seeded sample of it.
it('a run cut anywhere leaves nothing that a sweep cannot undo', async () => {
  const said: string[] = [];
  const figures = await proveCuts({
    seed: 20_261_122,
    share: 0.06,
    say: (line) => said.push(line),
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cutPoints, told).toBeGreaterThanOrEqual(20);
  expect(cutsHold(figures), told).toBe(true);
}, 400_000);
