/** Watches a page while it works: its calls to Odoo with their times, and every sign of trouble. */
import type { ConsoleMessage, Page, Request, Response } from 'playwright';
import { Failed, type Failure } from '../domain/failure.ts';
import type { PageCall } from '../engine/ports.ts';
import type { Clock } from '../lib/clock.ts';

const CALLS = /\/web\/(?:dataset\/(call_kw|call_button)|action\/(load)|(session)\/)\/?([^?]*)/;

/** Calls by which a page changes records, its own settings aside. */
const WRITES =
  /\/call_button\/|\/call_kw\/[^/]+\/(?:web_save|create|write|unlink|create_document_from_attachment)\b/;

/** Noise of every load that means nothing: a file that Debian strips, and requests cut by navigation. */
const HARMLESS = /selfie_segmentation|net::ERR_ABORTED/;

/** From when to when, epoch milliseconds. */
type Span = readonly [number, number];

export class PageWatch {
  readonly calls: PageCall[] = [];
  /** How often the page called Odoo, for records and what may be done with them. */
  called = 0;
  /** How often the page asked Odoo to change records; more, when it ended where we could not see it. */
  writes = 0;
  /** Since when, monotonic. */
  readonly #pending = new Map<Request, number>();
  readonly #clock: Clock;
  readonly #waits: Span[] = [];
  readonly #errors: string[] = [];
  #trouble: Failure | undefined;

  constructor(page: Page, clock: Clock) {
    this.#clock = clock;
    page.on('request', (request) => {
      if (isAsked(request)) this.#pending.set(request, clock.monotonic());
      if (CALLS.test(request.url())) this.called += 1;
      if (WRITES.test(request.url())) this.writes += 1;
    });
    page.on('requestfinished', (request) => void this.#finished(request));
    page.on('requestfailed', (request) => {
      this.#lost(request);
    });
    page.on('response', (response) => {
      this.#answered(response);
    });
    page.on('console', (message) => {
      this.#heard(message);
    });
    page.on('close', () => {
      this.#loseSight('the browser ended');
    });
    page.on('crash', () => {
      this.#loseSight('the browser tab crashed');
    });
  }

  /** What Odoo has not answered yet. */
  get pending(): readonly string[] {
    return [...this.#pending.keys()].map(nameOf);
  }

  /** What the console showed as errors, harmless noise left out. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** How long the oldest of them has waited, milliseconds. */
  get waitingMs(): number {
    const [oldest] = this.#pending.values();
    return oldest === undefined ? 0 : this.#clock.monotonic() - oldest;
  }

  /** Whether a call has no answer yet: pictures, styles and scripts change no form. */
  get isCalling(): boolean {
    return [...this.#pending.keys()].some((request) => CALLS.test(request.url()));
  }

  /** Milliseconds in which the page waited for the first byte of at least one answer so far. */
  get serverMs(): number {
    let covered = 0;
    let until = 0;
    for (const [from, to] of this.#waits.toSorted(([a], [b]) => a - b)) {
      covered += Math.max(0, to - Math.max(from, until));
      until = Math.max(until, to);
    }
    return covered;
  }

  /** Throws what the page showed to be wrong, if anything did. */
  check(): void {
    if (this.#trouble !== undefined) throw new Failed(this.#trouble, { fate: 'unknown' });
  }

  /** Whatever was waited for then: it is no fault of the tenant's. */
  #loseSight(what: string): void {
    this.writes += 1;
    const message = `${what}: look for memory that ran out on our machine`;
    this.#trouble = { code: 'browser.crashed', blame: 'fleet', message };
  }

  async #finished(request: Request): Promise<void> {
    if (!this.#pending.delete(request)) return;
    const { startTime, requestStart, responseStart } = request.timing();
    const status = (await request.response().catch(() => null))?.status() ?? 0;
    const serverMs = Math.max(0, responseStart - requestStart);
    this.#waits.push([startTime + requestStart, startTime + requestStart + serverMs]);
    this.calls.push({ call: nameOf(request), status, serverMs });
  }

  #lost(request: Request): void {
    if (!this.#pending.delete(request)) return;
    const net = request.failure()?.errorText ?? '';
    // What a navigation or our own leaving cuts off is nobody's trouble.
    if (/ERR_(?:ABORTED|INTERNET_DISCONNECTED)/.test(net)) return;
    this.#trouble ??= lostConnection(nameOf(request), net);
  }

  #answered(response: Response): void {
    const status = response.status();
    if (status < 500 && !(status >= 400 && response.request().isNavigationRequest())) return;
    if (!isAsked(response.request())) return;
    const message = `HTTP ${status} for ${nameOf(response.request())}`;
    this.#trouble ??=
      status >= 502 && status <= 504
        ? { code: 'odoo.gateway-error', blame: 'target', layer: 'ingress', message }
        : { code: 'web.refused', blame: 'target', layer: 'application', message };
  }

  // A traceback in the console is the web client failing under the user's hands.
  #heard(message: ConsoleMessage): void {
    if (message.type() !== 'error' || HARMLESS.test(message.text())) return;
    this.#errors.push(message.text());
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

/** `net` is Chromium's name of a fault of the network, such as `net::ERR_CONNECTION_RESET`. */
export function lostConnection(what: string, net: string): Failure {
  const layer = /REFUSED|CERT|SSL/.test(net) ? 'ingress' : 'network';
  return { code: 'odoo.unreachable', blame: 'target', layer, message: `${what}: ${net}` };
}

/** Calls, and what they need to run in: documents, asset bundles, menus. Not the bus, which waits for news. */
function isAsked(request: Request): boolean {
  return (
    CALLS.test(request.url()) ||
    request.isNavigationRequest() ||
    /\/web\/(?:assets|bundle|webclient)\//.test(request.url())
  );
}

/** Without what a query or a body may hold. */
function nameOf(request: Request): string {
  const [, dataset, load, session, path = ''] = CALLS.exec(request.url()) ?? [];
  const call = dataset ?? load ?? session;
  if (call !== undefined) return `${call} ${path.replaceAll('/', '.')}`.trim();
  return `${request.method()} ${new URL(request.url()).pathname}`;
}
