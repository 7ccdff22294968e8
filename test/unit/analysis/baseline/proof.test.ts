import { expect, it } from 'vitest';
import { proveBaselines } from '../../../proof/baselines.ts';

// The whole proof is `npm run proof -- baselines`; of two tenants only what is plain can be asked.
it('a sample of a simulated fleet is watched well', () => {
  const said: string[] = [];
  const figures = proveBaselines({ seed: 11, share: 0.05, say: (line) => said.push(line) });
  const told = said.join('\n');
  expect(figures.found, told).toBeGreaterThan(0.55);
  expect(figures.foundLarge, told).toBeGreaterThan(0.65);
  expect(figures.falsePerTenantMonth, told).toBeLessThan(1.5);
  expect(figures.alertsPerIncident, told).toBeLessThan(2);
  expect(figures.gatesFalse, told).toBeLessThan(0.06);
}, 60_000);
