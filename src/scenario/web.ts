/** The web client as a scenario drives it: technical names and states only, never a word of any language. */
import type { Page } from 'playwright';

export interface WebClient {
  /** Playwright's page, for what the methods below do not cover. */
  readonly page: Page;
  /** Opens a path of the web client, such as `/odoo/sales/new`, and waits until its form shows this field. */
  openForm(path: string, field: string): Promise<void>;
  /** Types into a text field of the form. */
  fill(field: string, text: string): Promise<void>;
  /** Opens a page of the form's notebook. */
  openTab(name: string): Promise<void>;
  /** Types into a many2one field and picks the entry that begins with this name. */
  choose(field: string, name: string): Promise<void>;
  /** Adds a line to a list inside the form; fields of the line are then filled like those of the form. */
  addLine(list: string): Promise<void>;
  /** Saves the form and answers the id of its record. */
  save(): Promise<number>;
  /** Begins to edit the first line of a list inside the form at this field. */
  editLine(list: string, field: string): Promise<void>;
  /** Clicks a button of the form's header, by its technical name or id, and waits for the state it leads to. */
  click(button: string, state: string): Promise<void>;
  /** The same where it is open which state that is: waits until Odoo has answered. */
  press(button: string): Promise<void>;
  /** Clicks such a button, answers the dialog that it opens with one of its buttons, and waits for the state. */
  answer(button: string, choice: string, state: string): Promise<void>;
  /** Uploads a file on a list of documents that makes new ones of files, and answers the id of the new one. */
  upload(file: {
    readonly name: string;
    readonly type: string;
    readonly bytes: Uint8Array;
  }): Promise<number>;
  /** Opens the login page. */
  openLogin(): Promise<void>;
  /** Types the probe user's login and password into the login page and waits until Odoo lets the user in. */
  signIn(): Promise<void>;
  /** Waits until the web client has loaded and shows its menus. */
  awaitMenus(): Promise<void>;
  /** Opens an application from the home menu by its menu's technical name, such as `sale.sale_menu_root`. */
  openApp(menu: string): Promise<void>;
}
