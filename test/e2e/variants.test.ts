import { expect, it } from 'vitest';
import { proveVariants, variantsHold } from '../proof/variants.ts';

// The whole proof is `npm run proof -- variants`; here a seeded sample of each variant.
it('scenarios pass and are undone whatever the tenant has set, over both transports', async () => {
  const said: string[] = [];
  const figures = await proveVariants({
    seed: 20_261_122,
    share: 0.05,
    downMs: 0,
    say: (line) => said.push(line),
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cases, told).toBeGreaterThanOrEqual(12);
  expect(variantsHold(figures), told).toBe(true);
}, 600_000);
