import { expect, it } from 'vitest';
import { proveSoak, soakHolds } from '../proof/soak.ts';

// The whole proof is `npm run proof -- soak`; here a twentieth of it, which says nothing yet of memory.
it('one worker process plays on and on, and leaves nothing', async () => {
  const said: string[] = [];
  const runs = { rpc: 100, browser: 15 };
  const figures = await proveSoak({ runs, say: (line) => said.push(line) });
  const told = [...said, JSON.stringify(figures)].join('\n');
  expect(soakHolds(figures, { runs }), told).toBe(true);
}, 480_000);
