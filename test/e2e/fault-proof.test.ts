import { expect, it } from 'vitest';
import { faultsHold, proveFaults } from '../proof/faults.ts';

// The whole proof is `npm run proof -- faults`; here a seeded sample of each side.
it('what is really broken is what a diagnosis names, with a look into PostgreSQL and without', async () => {
  const said: string[] = [];
  const figures = await proveFaults({
    seed: 20_261_123,
    share: 0.05,
    say: (line) => said.push(line),
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cases, told).toBeGreaterThanOrEqual(4);
  expect(faultsHold(figures), told).toBe(true);
}, 600_000);
