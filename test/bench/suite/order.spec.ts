/** Order confirmation as a test of the Playwright runner: form login, the same clicks, the same undo. */
import { test } from 'playwright/test';
import { BareOdoo } from '../bare-odoo.ts';
import { requireConfirmed, undoMarked } from '../careful.ts';
import { enterAndConfirm } from '../clicks.ts';
import { given } from './given.ts';

test('an order is entered and confirmed', async ({ page, context }) => {
  const { subject, mark } = given;
  const { login, password } = subject.account;
  const odoo = await BareOdoo.signIn(subject.account);
  try {
    await page.goto('/web/login');
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill(password);
    await page.locator('.oe_login_form button[type=submit]').click();
    await page.locator('.o_main_navbar').waitFor();
    const order = await enterAndConfirm(page, subject, mark);
    await requireConfirmed(odoo, order, mark);
  } catch (error) {
    // A dirty form saves itself as its page closes; offline it cannot.
    await context.setOffline(true);
    throw error;
  } finally {
    await undoMarked(odoo, mark);
  }
});
