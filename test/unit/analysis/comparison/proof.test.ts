import { expect, it } from 'vitest';
import { proveLatency } from '../../../proof/latency.ts';

// The whole proof is `npm run proof -- latency`; of a few gates only what is plain can be asked.
it('a sample of simulated gates finds what takes twice as long, and does not blame as the textbook does', () => {
  const said: string[] = [];
  const figures = proveLatency({ seed: 20_261_123, share: 0.01, say: (line) => said.push(line) });
  const told = said.join('\n');
  const all = Object.values(figures);
  // A few gates of a kind are no share: over all kinds.
  const shareOf = (which: (one: (typeof all)[number]) => number): number =>
    all.reduce((sum, one) => sum + one.gates * which(one), 0) /
    all.reduce((sum, { gates }) => sum + gates, 0);
  expect(
    shareOf(({ falselyWorse }) => falselyWorse),
    told,
  ).toBeLessThan(0.05);
  expect(
    shareOf(({ found }) => found['2'] ?? 0),
    told,
  ).toBeGreaterThan(0.8);
  expect(figures['thirty steps'].falselyWorseByTextbook, told).toBe(1);
}, 120_000);
