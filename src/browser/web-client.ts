/** Drives Odoo's web client by technical names, as the hands of a user would. */
import type { Locator, Page } from 'playwright';
import type { WebClient } from '../scenario/web.ts';
import type { LoginPage } from './login-page.ts';
import type { Waits } from './waits.ts';

const MENUS = '.o_main_navbar';
const VIEW = '.o_list_view, .o_kanban_view';
const ANY_VIEW = `${VIEW}, .o_form_view .o_field_widget`;

export class OdooWebClient implements WebClient {
  readonly page: Page;
  readonly #waits: Waits;
  readonly #login: LoginPage;

  constructor(waits: Waits, login: LoginPage) {
    this.page = waits.page;
    this.#waits = waits;
    this.#login = login;
  }

  /** Loads the whole web client: a new context holds no asset yet. */
  async load(path: string): Promise<void> {
    await this.#waits.open(path, ANY_VIEW);
  }

  async openForm(path: string, field: string): Promise<void> {
    await this.#waits.open(path, `.o_form_view ${widget(field)}`);
  }

  async fill(field: string, text: string): Promise<void> {
    await this.#waits.act(`fill ${field}`, async () => {
      const input = this.#field(field).locator('input, textarea').first();
      await input.fill(text, this.#options);
      await input.blur();
    });
  }

  async openTab(name: string): Promise<void> {
    const tab = this.page.locator(`.o_notebook .nav-link[name=${name}]`);
    const isOpen = tab.and(this.page.locator('.active'));
    // A form that is drawn anew loses a click; to open a tab twice does no harm.
    await this.#waits.until(`tab ${name} is open`, async () => {
      if ((await isOpen.count()) > 0) return true;
      await tab.click(this.#options);
      return undefined;
    });
  }

  async choose(field: string, name: string): Promise<void> {
    await this.#waits.act(`choose ${field}`, async () => {
      const input = this.#field(field).locator('input').first();
      await input.fill(name, this.#options);
      // The list first shows everything: only an entry that begins with this name is ours.
      const entry = this.page
        .locator(
          '.o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)',
        )
        .filter({ hasText: new RegExp(`^\\s*(?:\\[[^\\]]*\\]\\s*)?${escape(name)}`) });
      await entry.first().click(this.#options);
    });
  }

  async addLine(list: string): Promise<void> {
    await this.#waits.act(`add a line to ${list}`, async () => {
      const add = this.page.locator(`${widget(list)} .o_field_x2many_list_row_add a`).first();
      await add.click(this.#options);
      await this.page.locator(`${widget(list)} .o_selected_row`).waitFor(this.#options);
    });
  }

  async save(): Promise<number> {
    await this.#waits.act('save', () =>
      this.page.locator('.o_form_button_save').click(this.#options),
    );
    return await this.#waits.until('the record is saved', async () => {
      const id = this.#shownId();
      if (id === undefined) return undefined;
      const dirty = this.page.locator('.o_form_status_indicator_buttons:not(.invisible)');
      return (await dirty.count()) > 0 ? undefined : id;
    });
  }

  async editLine(list: string, field: string): Promise<void> {
    await this.#waits.act(`edit ${field} in ${list}`, async () => {
      const line = this.page.locator(`${widget(list)} .o_data_row`).first();
      await line.locator(`td[name=${field}]`).click(this.#options);
      await this.page.locator(`${widget(list)} .o_selected_row`).waitFor(this.#options);
    });
  }

  async press(button: string): Promise<void> {
    await this.#waits.ask(`press ${button}`, () => this.#headerButton(button).click(this.#options));
  }

  async click(button: string, state: string): Promise<void> {
    await this.#clickHeader(button);
    await this.#reached(state);
  }

  async answer(button: string, choice: string, state: string): Promise<void> {
    const offered = `.modal-footer button[name=${choice}]`;
    await this.#waits.offered(offered, async () => {
      await this.#clickHeader(button);
      await this.#waits.shown(`a dialog offers ${choice}`, offered);
      await this.#waits.act(`answer ${choice}`, () =>
        this.page.locator(offered).click(this.#options),
      );
      await this.#reached(state);
    });
  }

  async upload(file: Parameters<WebClient['upload']>[0]): Promise<number> {
    const { name, type: mimeType, bytes } = file;
    const input = this.page.locator('input[type=file].document_file_uploader').first();
    const buffer = Buffer.from(bytes);
    await this.#waits.act(`upload ${name}`, () =>
      input.setInputFiles({ name, mimeType, buffer }, this.#options),
    );
    const id = await this.#waits.until('the new document is shown', () =>
      Promise.resolve(this.#shownId()),
    );
    await this.#waits.shown('its form is shown', `.o_form_view .o_field_widget`);
    return id;
  }

  async openLogin(): Promise<void> {
    await this.#login.open();
  }

  async signIn(): Promise<void> {
    await this.#login.signIn();
  }

  async awaitMenus(): Promise<void> {
    await this.#waits.shown('the menus are shown', MENUS);
  }

  async openApp(menu: string): Promise<void> {
    await this.#waits.act(`open application ${menu}`, async () => {
      await this.page.locator(`${MENUS} .o_navbar_apps_menu button`).first().click(this.#options);
      await this.page.locator(`.o_app[data-menu-xmlid="${menu}"]`).click(this.#options);
    });
    const brand = `.o_menu_brand[data-menu-xmlid="${menu}"]`;
    await this.#waits.shown(`application ${menu} is named in the menu bar`, brand);
    await this.#waits.shown(`application ${menu} is shown`, VIEW);
  }

  /** Of the record whose form is open, by the address; undefined on a new one, and on lists. */
  #shownId(): number | undefined {
    const [, id] = /\/(\d+)$/.exec(new URL(this.page.url()).pathname) ?? [];
    return id === undefined ? undefined : Number(id);
  }

  get #options(): { readonly timeout: number } {
    return { timeout: this.#waits.timeout };
  }

  async #clickHeader(button: string): Promise<void> {
    await this.#waits.act(`click ${button}`, () => this.#headerButton(button).click(this.#options));
  }

  /** Of two variants one is shown; what opens an action has a number for a name, then it has an id. */
  #headerButton(button: string): Locator {
    return this.page
      .locator(`.o_form_statusbar :is(button[name=${button}], button#${button}):visible`)
      .first();
  }

  async #reached(state: string): Promise<void> {
    const current = `${widget('state')} .o_arrow_button_current[data-value=${state}]`;
    await this.#waits.shown(`state ${state}`, current);
  }

  /** A field of the form, or of the line that is being edited. */
  #field(field: string): Locator {
    return this.page
      .locator(`.o_selected_row td[name=${field}], .o_form_view ${widget(field)}`)
      .filter({ visible: true })
      .first();
  }
}

const widget = (field: string): string => `.o_field_widget[name=${field}]`;
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
