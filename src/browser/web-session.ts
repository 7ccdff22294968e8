/** A tenant's web client in a fresh context of its own: every run is a cold user, and leaves without saving. */
import type { BrowserContext, Page } from 'playwright';
import { Failed } from '../domain/failure.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { WebEvidence, WebOptions, WebSession } from '../engine/ports.ts';
import type { Credential } from '../engine/sign-in.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import type { Secret } from '../lib/secret.ts';
import { thrownText } from '../lib/thrown.ts';
import type { WebClient } from '../scenario/web.ts';
import type { Chromium, LentBrowser } from './chromium.ts';
import { LoginPage } from './login-page.ts';
import { Recording } from './recording.ts';
import type { SessionCookies } from './session-cookies.ts';
import { Waits } from './waits.ts';
import { PageWatch } from './watch.ts';
import { OdooWebClient } from './web-client.ts';

/** A page that cannot be drawn in this time is left undrawn: compensation is waiting. */
const SCREENSHOT_MS = 5_000;
/** A page that cannot be left in this time is taken away with its browser. */
const LEAVE_MS = 3_000;

const VIEWPORT = { width: 1440, height: 900 } as const;
const COOKIE = 'session_id';

/**
 * Chromium sends a request again by itself, a POST too, when a connection that it used before breaks before the
 * answer begins: an order would be saved twice. HTTP/2 ignores this header; there the look for the mark has to do.
 */
const NEVER_AGAIN = { Connection: 'close' } as const;

export interface WebParts {
  readonly chromium: Chromium;
  readonly cookies: SessionCookies;
  readonly credential: (tenant: Tenant) => Credential;
  readonly clock: Clock;
}

/** Rejects with Failed. When the signal aborts, the page goes offline; closing it is for the caller. */
export async function openWebSession(
  tenant: Tenant,
  options: WebOptions,
  parts: WebParts,
): Promise<WebSession> {
  const { chromium, cookies } = parts;
  const kept = options.signedOut ? undefined : cookies.kept(tenant);
  const cookie = options.signedOut ? undefined : (kept ?? (await cookies.renew(tenant, options)));
  const lent = await chromium.lend();
  let context: BrowserContext | undefined;
  let recording: Recording | undefined;
  try {
    const fresh = await inBrowser(() =>
      lent.browser.newContext({
        baseURL: tenant.url,
        viewport: VIEWPORT,
        extraHTTPHeaders: NEVER_AGAIN,
      }),
    );
    context = fresh;
    const [page] = await Promise.all([
      inBrowser(() => fresh.newPage()),
      cookie === undefined ? undefined : setCookie(fresh, tenant, cookie),
    ]);
    const started = await inBrowser(() => Recording.start(fresh));
    recording = started;
    const opened = {
      context: fresh,
      recording: started,
      page,
      watch: new PageWatch(page, parts.clock),
    };
    // Nobody waits for it any more, so nobody would close it.
    options.signal.throwIfAborted();
    return sessionOf({ ...parts, tenant, options, lent, ...opened, mayBeOld: kept !== undefined });
  } catch (error) {
    await exitOf({ context, recording, lent, clock: parts.clock }).close();
    throw error;
  }
}

interface Opened {
  readonly context: BrowserContext;
  readonly recording: Recording;
  readonly page: Page;
  readonly watch: PageWatch;
}

interface SessionParts extends WebParts, Opened {
  readonly tenant: Tenant;
  readonly options: WebOptions;
  readonly lent: LentBrowser;
  /** Whether the cookie is one that Odoo may have forgotten since. */
  readonly mayBeOld: boolean;
}

function sessionOf(parts: SessionParts): WebSession {
  const { context, page, watch, options } = parts;
  const waits = new Waits({ page, watch, clock: parts.clock, ...options });
  const credential = parts.credential(parts.tenant);
  const login = new LoginPage({ waits, recording: parts.recording, credential });
  const inner = new OdooWebClient(waits, login);
  let uses = 0;
  const client = new Proxy<WebClient>(inner, {
    get: (_target, name) => {
      uses += 1;
      const value: unknown = Reflect.get(inner, name);
      return typeof value === 'function' ? (value.bind(inner) as unknown) : value;
    },
  });
  // Stopped: nothing more goes out of this page. It is closed when it has been looked at.
  const stop = (): void => void context.setOffline(true).catch(() => undefined);
  options.signal.addEventListener('abort', stop, { once: true });
  return {
    client,
    load: async (path) => {
      uses += 1;
      await load(inner, path, parts);
    },
    evidence: () => evidenceOf(parts),
    usage: () => ({
      uses,
      writes: watch.writes,
      serverMs: watch.serverMs,
      pending: watch.pending,
      waitingMs: watch.waitingMs,
      errors: watch.errors,
    }),
    ...exitOf(parts),
  };
}

async function load(client: OdooWebClient, path: string, parts: SessionParts): Promise<void> {
  const { context, cookies, tenant, options } = parts;
  try {
    await client.load(path);
  } catch (error) {
    if (!parts.mayBeOld || !isForgotten(error)) throw error;
    // Nothing is wrong with the tenant: sessions expire, and an outage of the database ends them all.
    await setCookie(context, tenant, await cookies.renew(tenant, options));
    await client.load(path);
  }
  const now = await inBrowser(() => context.cookies(tenant.url));
  const current = now.find(({ name }) => name === COOKIE);
  if (current !== undefined) cookies.keep(tenant, current.value);
}

function isForgotten(error: unknown): boolean {
  return error instanceof Failed && /^web\.(?:signed-out|no-database)$/.test(error.failure.code);
}

async function setCookie(context: BrowserContext, tenant: Tenant, cookie: Secret): Promise<void> {
  const { url } = tenant;
  const all = [{ name: COOKIE, value: cookie.reveal(), url, httpOnly: true }];
  await inBrowser(() => context.addCookies(all));
}

async function evidenceOf({
  page,
  watch,
  recording,
  lent,
  clock,
}: SessionParts): Promise<WebEvidence> {
  const screenshot = await page
    .screenshot({
      timeout: SCREENSHOT_MS,
      animations: 'disabled',
      // Dots tell how long a password is.
      mask: [page.locator('input[type=password]')],
    })
    .catch(() => undefined);
  let trace: Uint8Array | undefined;
  await atMost(
    clock,
    SCREENSHOT_MS,
    recording.end(lent.scratch).then((ended) => (trace = ended)),
  );
  return {
    calls: [...watch.calls],
    ...(screenshot === undefined ? {} : { screenshot }),
    ...(trace === undefined ? {} : { trace }),
  };
}

interface Exit extends Pick<SessionParts, 'lent' | 'clock'> {
  /** Absent when it did not come to that. */
  readonly context: BrowserContext | undefined;
  readonly recording: Recording | undefined;
}

/**
 * The way out of a browser. Offline first: a dirty form saves itself as its page closes, and offline it cannot;
 * nor can a killed browser. Neither function throws.
 */
function exitOf({ context, recording, lent, clock }: Exit): Pick<WebSession, 'silence' | 'close'> {
  let gone: Promise<boolean> | undefined;
  const goOffline = async (): Promise<boolean> => {
    const inTime = await atMost(clock, LEAVE_MS, Promise.resolve(context?.setOffline(true)));
    if (!inTime) await lent.giveBack('stuck');
    return inTime;
  };
  const silent = (): Promise<boolean> => (gone ??= goOffline());
  return {
    silence: async () => {
      await silent();
    },
    close: async () => {
      const isSilent = await silent();
      await atMost(clock, LEAVE_MS, Promise.resolve(recording?.drop()));
      if (!isSilent) return;
      const closed = await atMost(clock, LEAVE_MS, Promise.resolve(context?.close()));
      await lent.giveBack(closed ? 'closed' : 'stuck');
    },
  };
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
