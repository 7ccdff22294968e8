/** The references in bare Playwright, in this process: in one open browser, or with a browser per run. */
import { type Browser, chromium } from 'playwright';
import { type Account, BareOdoo } from './bare-odoo.ts';
import { requireConfirmed, undoMarked } from './careful.ts';
import { enterAndConfirm } from './clicks.ts';
import { launchOptions, VIEWPORT } from './launch.ts';
import type { BrowserSample } from './rounds.ts';
import { nextMark, type Subject } from './subject.ts';

export interface BareBrowser {
  readonly play: () => Promise<BrowserSample>;
  readonly close: () => Promise<void>;
}

/** One browser, one cookie and one XML-RPC sign-in for all runs; a new context for each. */
export async function openBareBrowser(subject: Subject): Promise<BareBrowser> {
  const cookie = await webCookie(subject.account);
  // Before the browser: a refused sign-in would leave one behind.
  const odoo = await BareOdoo.signIn(subject.account);
  const browser = await chromium.launch(launchOptions);
  return {
    play: () => timed(() => playIn(browser, { odoo, cookie, subject })),
    close: () => browser.close(),
  };
}

/** Launches a browser and signs in, over the web and over XML-RPC, for one run. */
export async function launchAndPlay(subject: Subject): Promise<BrowserSample> {
  return await timed(async () => {
    const cookie = await webCookie(subject.account);
    const browser = await chromium.launch(launchOptions);
    try {
      const odoo = await BareOdoo.signIn(subject.account);
      return await playIn(browser, { odoo, cookie, subject });
    } finally {
      await browser.close();
    }
  });
}

async function timed(play: () => Promise<number>): Promise<BrowserSample> {
  const started = performance.now();
  const browserMs = await play();
  return { totalMs: performance.now() - started, browserMs };
}

/** Answers the milliseconds from the new context until the order was confirmed. */
async function playIn(
  browser: Browser,
  signedIn: { readonly odoo: BareOdoo; readonly cookie: string; readonly subject: Subject },
): Promise<number> {
  const { odoo, cookie, subject } = signedIn;
  const mark = nextMark(subject, 'browser');
  try {
    const started = performance.now();
    const order = await clickIn(browser, { cookie, subject, mark });
    const browserMs = performance.now() - started;
    await requireConfirmed(odoo, order, mark);
    return browserMs;
  } finally {
    await undoMarked(odoo, mark);
  }
}

async function clickIn(
  browser: Browser,
  run: { readonly cookie: string; readonly subject: Subject; readonly mark: string },
): Promise<number> {
  const { url } = run.subject.account;
  const context = await browser.newContext({ baseURL: url, viewport: VIEWPORT });
  try {
    await context.addCookies([{ name: 'session_id', value: run.cookie, url, httpOnly: true }]);
    return await enterAndConfirm(await context.newPage(), run.subject, run.mark);
  } catch (error) {
    // A dirty form saves itself as its page closes; offline it cannot.
    await context.setOffline(true);
    throw error;
  } finally {
    await context.close();
  }
}

async function webCookie({ url, database, login, password }: Account): Promise<string> {
  const params = { db: database, login, password };
  const answer = await fetch(`${url}/web/session/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params }),
  });
  await answer.text();
  const [cookie] = answer.headers.getSetCookie().flatMap((text) => {
    return /^session_id=([^;]+)/.exec(text)?.[1] ?? [];
  });
  if (cookie === undefined) throw new Error(`${url} sets no session cookie`);
  return cookie;
}
