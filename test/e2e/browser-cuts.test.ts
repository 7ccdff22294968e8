import { expect, it } from 'vitest';
import { cutsHold } from '../proof/aftermath.ts';
import { proveBrowserCuts } from '../proof/browser-cuts.ts';

// The whole proof is `npm run proof -- browser-cuts`; here a seeded sample of it.
it('a run in the browser cut anywhere leaves nothing that a sweep cannot undo', async () => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const figures = await proveBrowserCuts({
    scenario: 'order-confirmation',
    seed: 20_261_122,
    share: 0.075,
    say,
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cutPoints, told).toBeGreaterThanOrEqual(20);
  expect(cutsHold(figures), told).toBe(true);
  expect(figures.browsersLeft).toBe(0);
}, 400_000);
