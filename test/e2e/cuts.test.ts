import { expect, it } from 'vitest';
import { cutsHold } from '../proof/aftermath.ts';
import { proveCuts } from '../proof/cuts.ts';
import { booksOf, clearReservations } from '../support/books.ts';
import { tenants } from '../support/lab.ts';

// The whole proof is `npm run proof -- cuts`; here a seeded sample of it.
it.each([
  ['order-confirmation', 0.06],
  ['order-to-cash', 0.02],
  ['picking-validation', 0.02],
])(
  '%s cut anywhere leaves nothing that a sweep cannot undo',
  async (scenario, share) => {
    const said: string[] = [];
    await Promise.all(tenants.map(clearReservations));
    const before = await Promise.all(tenants.map(booksOf));
    const figures = await proveCuts({
      seed: 20_261_122,
      scenario,
      share,
      say: (line) => said.push(line),
    });
    const told = [...said, JSON.stringify(figures)].join('\n');
    expect(figures.cutPoints, told).toBeGreaterThanOrEqual(20);
    expect(cutsHold(figures), told).toBe(true);
    // The lanes of the proof compete for the stock, as runs under one lease never do.
    await Promise.all(tenants.map(clearReservations));
    expect(await Promise.all(tenants.map(booksOf)), told).toEqual(before);
  },
  400_000,
);
