import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inSlices } from '../../../src/lib/slices.ts';

it('lets others have their turn in between, and keeps the order', async () => {
  const seen: number[] = [];
  let [turns, isDone] = [0, false];
  const others = (async () => {
    while (!isDone) {
      turns += 1;
      await turn();
    }
  })();
  await inSlices([1, 2, 3, 4, 5], (item) => {
    const untilMs = performance.now() + 11;
    while (performance.now() < untilMs);
    seen.push(item);
  });
  isDone = true;
  await others;
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  expect(turns).toBeGreaterThanOrEqual(5);
});
