import { expect, it } from 'vitest';
import { holdsInBrowser, proveBrowser } from '../proof/browser.ts';

// The whole proof is `npm run proof -- browser`; here a short one.
it('the browser passes again and again, leaves nothing, and gives its memory back', async () => {
  const said: string[] = [];
  const figures = await proveBrowser({
    scenario: 'order-confirmation',
    repeat: 3,
    say: (line) => said.push(line),
  });
  expect(holdsInBrowser(figures, 3), [...said, JSON.stringify(figures)].join('\n')).toBe(true);
}, 300_000);
