/** Waits for states of a page: a dialog, a toast, a traceback or silence ends the wait as what it is. */
import type { Page } from 'playwright';
import { Failed, type Failure } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { thrownText } from '../lib/thrown.ts';
import { lostConnection, type PageWatch } from './watch.ts';

export interface WaitOptions {
  readonly page: Page;
  readonly watch: PageWatch;
  readonly timeoutMs: number;
  /** Once aborted, nothing more is done to the page. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** What Odoo shows when it refuses, fails or loses the connection; but for a dialog that offers this choice. */
const troubles = (choice?: string): Readonly<Record<string, string>> => ({
  'web.dialog': `.modal .modal-content${choice === undefined ? '' : `:not(:has(${choice}))`}`,
  'web.notification': '.o_notification_bar.bg-danger, .o_notification_bar.bg-warning',
});

/** Between two looks at what we know ourselves. */
const LOOK_MS = 5;
/** What is there is read in this time; what is not is being drawn. */
const TEXT_MS = 10;
/** Between two looks for trouble while something takes long: each look costs the page time. */
const TROUBLE_MS = 1_000;

export class Waits {
  readonly page: Page;
  readonly #watch: PageWatch;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** The longest that one thing may take, milliseconds. */
  readonly timeout: number;
  #trouble = troubles();

  constructor({ page, watch, timeoutMs, signal, clock }: WaitOptions) {
    this.page = page;
    this.#watch = watch;
    this.#clock = clock;
    this.#signal = signal;
    this.timeout = timeoutMs;
  }

  /** Opens a path and waits until the page shows what it is opened for. */
  async open(path: string, ready: string): Promise<void> {
    await this.doing(`open ${path}`, () =>
      this.page.goto(path, { timeout: this.timeout, waitUntil: 'commit' }),
    );
    await this.shown(`${path} is shown`, ready, path);
  }

  /** Waits until the page shows this and nothing that it asked for is under way. */
  async shown(what: string, ready: string, path?: string): Promise<void> {
    let shown = false;
    const appear = async (): Promise<void> => {
      await this.page.locator(ready).first().waitFor({ timeout: this.timeout });
      shown = true;
    };
    const look = (): true | undefined => {
      this.#refuseDetour(path);
      return shown && this.#watch.pending.length === 0 ? true : undefined;
    };
    await this.doing(what, () => Promise.all([appear(), this.#look(what, look)]));
    await this.#refuseTrouble();
  }

  /**
   * Does something to a page at rest: an answer that comes meanwhile would rewrite what is typed, and the form
   * that is drawn anew would lose a click. Drawing may ask for more, so a frame has to pass in silence.
   */
  async act<T>(what: string, work: () => Promise<T>): Promise<T> {
    return await this.doing(what, async () => {
      await this.#look(what, () => this.#atRest());
      return await work();
    });
  }

  /** Does something that makes the page ask Odoo, and waits for the answer. */
  async ask(what: string, work: () => Promise<void>): Promise<void> {
    const before = this.#watch.called;
    await this.act(what, work);
    await this.until(`answer to ${what}`, async () =>
      this.#watch.called === before ? undefined : await this.#atRest(),
    );
  }

  /** Does something in the course of which a dialog with this choice is no trouble. */
  async offered(choice: string, work: () => Promise<void>): Promise<void> {
    this.#trouble = troubles(choice);
    try {
      await work();
    } finally {
      this.#trouble = troubles();
    }
  }

  /** Looks again and again until there is an answer. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const seen = await this.doing(what, () => this.#look(what, look));
    await this.#refuseTrouble();
    return seen;
  }

  /** Does something to the page. Rejects with Failed, which says whose trouble it is. */
  async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    const done = new AbortController();
    try {
      this.#watch.check();
      return await Promise.race([work(), this.#lookForTrouble(done.signal)]);
    } catch (error) {
      if (error instanceof Failed) throw error;
      await this.#refuseTrouble();
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw new Failed(this.#late(what), { fate: 'unknown', cause: error });
      }
      throw new Failed(pageFailure(what, error), { fate: 'unknown', cause: error });
    } finally {
      done.abort();
    }
  }

  async #atRest(): Promise<true | undefined> {
    if (this.#watch.isCalling) return undefined;
    const before = this.#watch.called;
    await this.page.evaluate(nextFrame);
    return this.#watch.called === before ? true : undefined;
  }

  async #look<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
    const until = this.#clock.monotonic() + this.timeout;
    for (;;) {
      this.#watch.check();
      const seen = await look();
      if (seen !== undefined) return seen;
      if (this.#clock.monotonic() > until) throw new Failed(this.#late(what), { fate: 'unknown' });
      // The pause between two looks; what is waited for is the state itself, half of which only we know.
      await this.#clock.sleep(LOOK_MS);
    }
  }

  /** What takes long may be held up by a dialog. Never resolves. */
  async #lookForTrouble(done: AbortSignal): Promise<never> {
    for (;;) {
      await this.#clock.sleep(TROUBLE_MS, done);
      await this.#refuseTrouble();
    }
  }

  /** Odoo leads elsewhere whom it does not know; whoever asked for the login page wants to be there. */
  #refuseDetour(path = ''): void {
    const { pathname } = new URL(this.page.url());
    if (pathname === '/web/login' && path !== pathname) throw new Failed(signedOut);
    if (pathname === '/web/database/selector') throw new Failed(noDatabase);
  }

  async #refuseTrouble(): Promise<void> {
    this.#watch.check();
    // One look for all of it.
    const any = this.page
      .locator(Object.values(this.#trouble).join(', '))
      .filter({ visible: true });
    if ((await any.count().catch(() => 0)) === 0) return;
    for (const [code, selector] of Object.entries(this.#trouble)) {
      const shown = this.page.locator(selector).filter({ visible: true }).first();
      const text = await shown.innerText({ timeout: TEXT_MS }).catch(() => undefined);
      // What has no text yet is still being drawn.
      if (text === undefined || text.trim() === '') continue;
      const message = `the web client shows: ${text}`;
      throw new Failed({ code, blame: 'target', layer: 'application', message });
    }
  }

  /** Whoever still owes an answer is late; when nobody does, the page is not what the script assumes. */
  #late(what: string): Failure {
    const { pending } = this.#watch;
    const waited = `waited ${this.timeout} ms: ${what}`;
    if (pending.length === 0) {
      return { code: 'scenario.not-on-page', blame: 'scenario', message: waited };
    }
    const message = `${waited}, no answer to ${pending.join(', ')}`;
    return { code: 'odoo.timeout', blame: 'target', layer: 'application', message };
  }
}

const signedOut: Failure = {
  code: 'web.signed-out',
  blame: 'target',
  layer: 'application',
  message: 'Odoo has forgotten the web session',
};

const noDatabase: Failure = {
  code: 'web.no-database',
  blame: 'target',
  layer: 'database',
  message: 'Odoo offers its databases instead of the page: it cannot reach the tenant’s',
};

/** Run in the page. */
const nextFrame = 'new Promise((drawn) => requestAnimationFrame(drawn))';

/** Chromium names the network's faults; anything else went wrong in the browser itself. */
function pageFailure(what: string, error: unknown): Failure {
  const text = thrownText(error);
  const [net] = /net::ERR_\w+/.exec(text) ?? [];
  if (net === undefined)
    return { code: 'browser.failed', blame: 'fleet', message: `${what}: ${text}` };
  return lostConnection(what, net);
}
