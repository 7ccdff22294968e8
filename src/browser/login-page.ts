/** Odoo's login page, and the one place where a password is typed. */
import { Failed, type Failure } from '../domain/failure.ts';
import type { Credential } from '../engine/sign-in.ts';
import type { Recording } from './recording.ts';
import type { Waits } from './waits.ts';

const FORM = '.oe_login_form';
const REFUSAL = '.alert-danger';

export interface LoginOptions {
  readonly waits: Waits;
  readonly recording: Recording;
  /** Hands out the probe user's login and password, and counts what Odoo refuses. */
  readonly credential: Credential;
}

export class LoginPage {
  readonly #waits: Waits;
  readonly #recording: Recording;
  readonly #credential: Credential;

  constructor({ waits, recording, credential }: LoginOptions) {
    this.#waits = waits;
    this.#recording = recording;
    this.#credential = credential;
  }

  async open(): Promise<void> {
    await this.#waits.open('/web/login', `${FORM} input[name=password]`);
  }

  /** Rejects with Failed `web.login-refused` (fleet) when the page says no. */
  async signIn(): Promise<void> {
    await this.#credential(async ({ login, secret }) => {
      // Whatever is typed stands in a trace as it is.
      await this.#recording.without(() => this.#type(login, secret.reveal()));
      await this.#waits.doing('send the login', () =>
        this.#waits.page
          .locator(`${FORM} button[type=submit]`)
          .click({ timeout: this.#waits.timeout, noWaitAfter: true }),
      );
      await this.#waits.until('Odoo lets the user in', () => this.#outcome());
    });
  }

  async #type(login: string, password: string): Promise<void> {
    const { page, timeout } = this.#waits;
    await this.#waits.doing('type login and password', async () => {
      await page.locator(`${FORM} input[name=login]`).fill(login, { timeout });
      await page.locator(`${FORM} input[name=password]`).fill(password, { timeout });
    });
  }

  async #outcome(): Promise<true | undefined> {
    const { page } = this.#waits;
    const { pathname, protocol } = new URL(page.url());
    // The browser's own page says that nothing came; the watch knows why.
    if (!protocol.startsWith('http')) return undefined;
    if (!pathname.startsWith('/web/login')) return true;
    if (pathname.includes('totp')) throw new Failed(refused('asks for a second factor'));
    const alert = page.locator(REFUSAL).first();
    if (!(await alert.isVisible())) return undefined;
    throw new Failed(refused(`says: ${await alert.innerText()}`));
  }
}

/** The same password opened XML-RPC a moment ago: an API key, or a user who may not use the form. */
function refused(what: string): Failure {
  const message =
    `the login page ${what}; XML-RPC accepts this secret, so it may be an API key or need a second ` +
    'factor: the web client takes the password of a user without one';
  return { code: 'credential.refused', blame: 'fleet', message };
}
