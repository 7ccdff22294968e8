import { expect, it } from 'vitest';
import { monkeyHolds, proveMonkey } from '../proof/monkey.ts';

/** Of the time that the whole proof plays. */
const SHARE = 0.06;

// The whole proof is `npm run proof -- monkey`; here so much of it that each law is tried.
it('whatever breaks in mid-run leaves no hole, no second order and no residue, and blames nobody', async () => {
  const said: string[] = [];
  const seed = 20_261_124;
  const figures = await proveMonkey({ seed, share: SHARE, say: (line) => said.push(line) });
  const told = [...said, JSON.stringify({ seed, ...figures })].join('\n');
  expect(figures.planned, told).toBeGreaterThanOrEqual(25);
  expect(monkeyHolds(figures, SHARE), told).toBe(true);
}, 400_000);
