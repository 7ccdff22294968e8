/** Drives Odoo's web client by technical names: every wait is for a state, every surprise is a failure. */
import { errors, type Locator, type Page } from 'playwright';
import { Failed, type Failure } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { thrownText } from '../lib/thrown.ts';
import type { WebClient } from '../scenario/web.ts';
import type { PageWatch } from './watch.ts';

export interface ClientOptions {
  readonly page: Page;
  readonly watch: PageWatch;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What Odoo shows when it refuses, fails or loses the connection. */
const DIALOG = '.modal .modal-content';
const TOAST = '.o_notification_bar.bg-danger, .o_notification_bar.bg-warning';

const LOOK_MS = 25;

export class OdooWebClient implements WebClient {
  readonly page: Page;
  readonly #watch: PageWatch;
  readonly #timeout: number;
  readonly #clock: Clock;

  constructor({ page, watch, timeoutMs, clock }: ClientOptions) {
    this.page = page;
    this.#watch = watch;
    this.#timeout = timeoutMs;
    this.#clock = clock;
  }

  /** Loads the whole web client: a new context holds no asset yet. */
  async load(): Promise<void> {
    await this.#goto('/odoo/sales', '.o_list_view, .o_kanban_view');
  }

  async openForm(path: string, field: string): Promise<void> {
    await this.#goto(path, `.o_form_view ${widget(field)}`);
  }

  async fill(field: string, text: string): Promise<void> {
    await this.#doing(`fill ${field}`, async () => {
      const input = this.#field(field).locator('input, textarea').first();
      await input.fill(text, { timeout: this.#timeout });
      await input.blur();
    });
    await this.#settle();
  }

  async openTab(name: string): Promise<void> {
    await this.#doing(`open tab ${name}`, () =>
      this.page.locator(`.o_notebook .nav-link[name=${name}]`).click({ timeout: this.#timeout }),
    );
  }

  async choose(field: string, name: string): Promise<void> {
    await this.#doing(`choose ${field}`, async () => {
      const input = this.#field(field).locator('input').first();
      await input.fill(name, { timeout: this.#timeout });
      // The list first shows everything: only an entry that begins with this name is ours.
      const entry = this.page
        .locator(
          '.o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)',
        )
        .filter({ hasText: new RegExp(`^\\s*(?:\\[[^\\]]*\\]\\s*)?${escape(name)}`) });
      await entry.first().click({ timeout: this.#timeout });
    });
    await this.#settle();
  }

  async addLine(list: string): Promise<void> {
    await this.#doing(`add a line to ${list}`, async () => {
      const add = this.page.locator(`${widget(list)} .o_field_x2many_list_row_add a`).first();
      await add.click({ timeout: this.#timeout });
      const row = this.page.locator(`${widget(list)} .o_selected_row`);
      await row.waitFor({ timeout: this.#timeout });
    });
  }

  async save(): Promise<number> {
    await this.#doing('save', async () => {
      await this.page.locator('.o_form_button_save').click({ timeout: this.#timeout });
    });
    return await this.#until('the record is saved', async () => {
      const [, id] = /\/(\d+)$/.exec(new URL(this.page.url()).pathname) ?? [];
      const dirty = await this.page
        .locator('.o_form_status_indicator_buttons:not(.invisible)')
        .count();
      return id === undefined || dirty > 0 ? undefined : Number(id);
    });
  }

  async click(button: string, state: string): Promise<void> {
    await this.#doing(`click ${button}`, () =>
      this.page
        .locator(`.o_form_statusbar button[name=${button}]:visible`)
        .first()
        .click({ timeout: this.#timeout }),
    );
    const current = `${widget('state')} .o_arrow_button_current[data-value=${state}]`;
    await this.#until(`state ${state}`, async () =>
      (await this.page.locator(current).count()) > 0 ? true : undefined,
    );
    await this.#settle();
  }

  async #goto(path: string, ready: string): Promise<void> {
    await this.#doing(`open ${path}`, async () => {
      const answer = await this.page.goto(path, { timeout: this.#timeout, waitUntil: 'commit' });
      const status = answer?.status() ?? 0;
      if (status >= 400) throw new Failed(refusedPage(status));
    });
    await this.#until(`${path} is shown`, async () => {
      if (this.page.url().includes('/web/login')) throw new Failed(signedOut);
      if (this.page.url().includes('/web/database/selector')) throw new Failed(noDatabase);
      const shown = this.page.locator(ready).first();
      return (await shown.isVisible()) && this.#watch.pending.length === 0 ? true : undefined;
    });
  }

  /** A field of the form, or of the line that is being edited. */
  #field(field: string): Locator {
    return this.page
      .locator(`.o_selected_row td[name=${field}], .o_form_view ${widget(field)}`)
      .filter({ visible: true })
      .first();
  }

  /** Waits until the page has no call under way: an onchange may still rewrite what was typed. */
  async #settle(): Promise<void> {
    await this.#until('the page is at rest', () =>
      Promise.resolve(this.#watch.pending.length === 0 ? true : undefined),
    );
  }

  /** Looks again and again; a dialog, a toast or a traceback ends the wait as what it is. */
  async #until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const until = this.#clock.monotonic() + this.#timeout;
    for (;;) {
      const seen = await this.#doing(what, look);
      if (seen !== undefined) return seen;
      await this.#refuseTrouble();
      if (this.#clock.monotonic() > until) throw new Failed(this.#late(what), { fate: 'unknown' });
      // The pause between two looks; what is waited for is the state itself, half of which only we know.
      await this.#clock.sleep(LOOK_MS);
    }
  }

  async #doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      this.#watch.check();
      return await work();
    } catch (error) {
      if (error instanceof Failed) throw error;
      await this.#refuseTrouble();
      if (error instanceof errors.TimeoutError) {
        throw new Failed(this.#late(what), { fate: 'unknown', cause: error });
      }
      throw new Failed(pageFailure(what, error), { fate: 'unknown', cause: error });
    }
  }

  async #refuseTrouble(): Promise<void> {
    this.#watch.check();
    for (const [selector, code] of [
      [DIALOG, 'web.dialog'],
      [TOAST, 'web.notification'],
    ] as const) {
      const shown = this.page.locator(selector).filter({ visible: true }).first();
      const text = await shown.innerText({ timeout: 1 }).catch(() => undefined);
      if (text === undefined) continue;
      const message = `the web client shows: ${text}`;
      throw new Failed({ code, blame: 'target', layer: 'application', message });
    }
  }

  /** Whoever still owes an answer is late; when nobody does, the page is not what the script assumes. */
  #late(what: string): Failure {
    const { pending } = this.#watch;
    const waited = `waited ${this.#timeout} ms: ${what}`;
    return pending.length > 0
      ? {
          code: 'odoo.timeout',
          blame: 'target',
          layer: 'application',
          message: `${waited}, no answer to ${pending.join(', ')}`,
        }
      : { code: 'scenario.not-on-page', blame: 'scenario', message: waited };
  }
}

const widget = (field: string): string => `.o_field_widget[name=${field}]`;
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

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

function refusedPage(status: number): Failure {
  const layer = status >= 502 && status <= 504 ? 'ingress' : 'application';
  return {
    code: 'web.refused-page',
    blame: 'target',
    layer,
    message: `HTTP ${status} for the page`,
  };
}

/** Chromium names the network's faults; anything else went wrong in the browser itself. */
function pageFailure(what: string, error: unknown): Failure {
  const text = thrownText(error);
  const [net] = /net::ERR_\w+/.exec(text) ?? [];
  if (net === undefined)
    return { code: 'browser.failed', blame: 'fleet', message: `${what}: ${text}` };
  const layer = /REFUSED|CERT|SSL/.test(net) ? 'ingress' : 'network';
  return { code: 'odoo.unreachable', blame: 'target', layer, message: `${what}: ${net}` };
}
