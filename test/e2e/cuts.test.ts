import { expect, it } from 'vitest';
import { cutsHold } from '../proof/aftermath.ts';
import { proveCuts } from '../proof/cuts.ts';
import { booksOf, clearReservations } from '../support/books.ts';
import { tenants } from '../support/lab.ts';
import { writingScenarios } from '../support/scenarios.ts';

// The whole proof is `npm run proof -- cuts --scenario ID`; here a seeded sample of all of them.
it('runs cut anywhere leave nothing that a sweep cannot undo', async () => {
  const said: string[] = [];
  await Promise.all(tenants.map(clearReservations));
  const before = await Promise.all(tenants.map(booksOf));
  const figures = await proveCuts({
    seed: 20_261_122,
    scenarios: writingScenarios,
    share: 0.05,
    say: (line) => said.push(line),
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cutPoints, told).toBeGreaterThanOrEqual(45);
  expect(cutsHold(figures), told).toBe(true);
  // The lanes of the proof compete for the stock, as runs under one lease never do.
  await Promise.all(tenants.map(clearReservations));
  expect(await Promise.all(tenants.map(booksOf)), told).toEqual(before);
}, 900_000);
