import { expect, it } from 'vitest';
import { cyclesHold, proveCycles } from '../proof/cycles.ts';

// The whole proof is `npm run proof -- cycles`; here a twentieth of it.
it('order to cash again and again leaves nothing but the rows that it publishes', async () => {
  const said: string[] = [];
  const runs = { rpc: 16, browser: 4 };
  const figures = await proveCycles({ runs, say: (line) => said.push(line) });
  expect(cyclesHold(figures), [...said, JSON.stringify(figures)].join('\n')).toBe(true);
}, 300_000);
