/** A tenant's web client in a fresh context of its own: every run is a cold user, and leaves without saving. */
import type { BrowserContext } from 'playwright';
import { Failed } from '../domain/failure.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { CallOptions, WebSession } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';
import { thrownText } from '../lib/thrown.ts';
import type { Chromium } from './chromium.ts';
import type { SessionCookies } from './session-cookies.ts';
import { PageWatch } from './watch.ts';
import { OdooWebClient } from './web-client.ts';

/** A page that cannot be drawn in this time is left undrawn: compensation is waiting. */
const SCREENSHOT_MS = 5_000;

const VIEWPORT = { width: 1440, height: 900 } as const;

/** Rejects with Failed. When the signal aborts, the page goes offline; closing it is for the caller. */
export async function openWebSession(
  tenant: Tenant,
  options: CallOptions,
  parts: {
    readonly chromium: Chromium;
    readonly cookies: SessionCookies;
    readonly clock: Clock;
  },
): Promise<WebSession> {
  const cookie = await parts.cookies.get(tenant, options);
  const browser = await parts.chromium.get();
  const context = await inBrowser(() =>
    browser.newContext({ baseURL: tenant.url, viewport: VIEWPORT }),
  );
  try {
    await inBrowser(() =>
      context.addCookies([{ name: 'session_id', value: cookie, url: tenant.url, httpOnly: true }]),
    );
    return await sessionIn(context, tenant, { ...parts, ...options });
  } catch (error) {
    await leave(context);
    throw error;
  }
}

async function sessionIn(
  context: BrowserContext,
  tenant: Tenant,
  options: CallOptions & { readonly cookies: SessionCookies; readonly clock: Clock },
): Promise<WebSession> {
  const page = await inBrowser(() => context.newPage());
  const watch = new PageWatch(page);
  const { timeoutMs, clock } = options;
  const inner = new OdooWebClient({ page, watch, timeoutMs, clock });
  let uses = 0;
  const counted = <T>(work: () => T): T => {
    uses += 1;
    return work();
  };
  // Stopped: nothing more goes out of this page. It is closed when it has been looked at.
  const stop = (): void => void context.setOffline(true).catch(() => undefined);
  options.signal.addEventListener('abort', stop, { once: true });
  return {
    client: {
      get page() {
        return counted(() => page);
      },
      openForm: (path, field) => counted(() => inner.openForm(path, field)),
      fill: (field, text) => counted(() => inner.fill(field, text)),
      openTab: (name) => counted(() => inner.openTab(name)),
      choose: (field, name) => counted(() => inner.choose(field, name)),
      addLine: (list) => counted(() => inner.addLine(list)),
      save: () => counted(() => inner.save()),
      click: (button, state) => counted(() => inner.click(button, state)),
    },
    load: () =>
      counted(async () => {
        try {
          await inner.load();
        } catch (error) {
          // The next run signs in anew: this session expired, or an outage of the database ended it.
          if (error instanceof Failed && error.failure.code === 'web.signed-out') {
            options.cookies.forget(tenant);
          }
          throw error;
        }
      }),
    evidence: async () => {
      const options = { timeout: SCREENSHOT_MS, animations: 'disabled' } as const;
      const screenshot = await page.screenshot(options).catch(() => undefined);
      return { calls: [...watch.calls], ...(screenshot === undefined ? {} : { screenshot }) };
    },
    usage: () => ({ uses, serverMs: watch.serverMs, pending: watch.pending }),
    close: () => leave(context),
  };
}

/** Offline first: a dirty form saves itself as its page closes, and offline it cannot. Never throws. */
async function leave(context: BrowserContext): Promise<void> {
  await context.setOffline(true).catch(() => undefined);
  await context.close().catch(() => undefined);
}

/** What fails before any page is asked for is the browser's own trouble. */
async function inBrowser<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = `the browser failed: ${thrownText(error)}`;
    throw new Failed({ code: 'browser.unusable', blame: 'fleet', message }, { cause: error });
  }
}
