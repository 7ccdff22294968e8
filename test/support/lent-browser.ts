/** Lends a browser, says so with the number of its process, and gives it back when its input ends. */
import { Chromium } from '../../src/browser/chromium.ts';
import { ownBrowsers } from '../../src/browser/processes.ts';
import { systemClock } from '../../src/lib/clock.ts';

const chromium = new Chromium({ clock: systemClock, executable: undefined });
const { browser, giveBack } = await chromium.lend();
const page = await browser.newPage();
await page.goto('data:text/html,<title>open</title>');
process.stdout.write(`${ownBrowsers().join(' ')}\n`);
for await (const _ of process.stdin);
await page.close();
await giveBack('closed');
await chromium.close();
