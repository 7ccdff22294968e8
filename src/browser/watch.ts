/** Watches a page while it works: its calls to Odoo with their times, and every sign of trouble. */
import type { ConsoleMessage, Page, Request } from 'playwright';
import { Failed, type Failure } from '../domain/failure.ts';
import type { PageCall } from '../engine/ports.ts';

const CALLS = /\/web\/(?:dataset\/(call_kw|call_button)|action\/(load)|(session)\/)\/?([^?]*)/;

/** Noise of every load that means nothing: a file that Debian strips, and requests cut by navigation. */
const HARMLESS = /selfie_segmentation|net::ERR_ABORTED/;

export class PageWatch {
  readonly calls: PageCall[] = [];
  readonly #pending = new Set<Request>();
  #trouble: Failure | undefined;

  constructor(page: Page) {
    page.on('request', (request) => {
      if (CALLS.test(request.url())) this.#pending.add(request);
    });
    page.on('requestfinished', (request) => void this.#finished(request));
    page.on('requestfailed', (request) => this.#pending.delete(request));
    page.on('console', (message) => {
      this.#heard(message);
    });
    page.on('crash', () => {
      const message = 'the browser tab crashed';
      this.#trouble = { code: 'browser.crashed', blame: 'fleet', message };
    });
  }

  /** Calls that Odoo has not answered yet. */
  get pending(): readonly string[] {
    return [...this.#pending].map(nameOf);
  }

  /** Milliseconds that the page has waited for Odoo so far, in all its calls. */
  get serverMs(): number {
    return this.calls.reduce((sum, call) => sum + call.serverMs, 0);
  }

  /** Throws what the page showed to be wrong, if anything did. */
  check(): void {
    if (this.#trouble !== undefined) throw new Failed(this.#trouble, { fate: 'unknown' });
  }

  async #finished(request: Request): Promise<void> {
    if (!this.#pending.delete(request)) return;
    const { requestStart, responseStart } = request.timing();
    const status = (await request.response().catch(() => null))?.status() ?? 0;
    const serverMs = Math.max(0, responseStart - requestStart);
    this.calls.push({ call: nameOf(request), status, serverMs });
  }

  // A traceback in the console is the web client failing under the user's hands.
  #heard(message: ConsoleMessage): void {
    if (message.type() !== 'error' || HARMLESS.test(message.text())) return;
    if (!/Traceback|OwlError|UncaughtPromiseError|TypeError|ReferenceError/.test(message.text()))
      return;
    const [line = ''] = message.text().split('\n', 1);
    this.#trouble ??= {
      code: 'web.console-error',
      blame: 'target',
      layer: 'application',
      message: `the web client failed: ${line}`,
    };
  }
}

function nameOf(request: Request): string {
  const [, dataset, load, session, path = ''] = CALLS.exec(request.url()) ?? [];
  return `${dataset ?? load ?? session ?? 'call'} ${path.replaceAll('/', '.')}`.trim();
}
