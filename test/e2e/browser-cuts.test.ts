import { expect, it } from 'vitest';
import { cutsHold } from '../proof/aftermath.ts';
import { proveBrowserCuts } from '../proof/browser-cuts.ts';
import { writingScenarios } from '../support/scenarios.ts';

// The whole proof is `npm run proof -- browser-cuts --scenario ID`; here a seeded sample of all of them.
it('runs in the browser cut anywhere leave nothing that a sweep cannot undo', async () => {
  const said: string[] = [];
  const figures = await proveBrowserCuts({
    scenarios: writingScenarios,
    seed: 20_261_122,
    share: 0.05,
    say: (line) => said.push(line),
  });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(figures.cutPoints, told).toBeGreaterThanOrEqual(25);
  expect(cutsHold(figures), told).toBe(true);
  expect(figures.browsersLeft).toBe(0);
}, 900_000);
