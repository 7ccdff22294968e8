import { expect, it } from 'vitest';
import { gateHolds, proveGate } from '../proof/gate.ts';

// The whole proof is `npm run proof -- gate`; here a seeded sample of each kind of case.
it('a gate says of a release what is true of it', async () => {
  const said: string[] = [];
  const figures = await proveGate({
    seed: 20_261_113,
    share: 0.05,
    say: (line) => said.push(line),
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cases, told).toBeGreaterThanOrEqual(4);
  expect(gateHolds(figures), told).toBe(true);
}, 600_000);
