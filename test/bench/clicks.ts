/** The clicks of order confirmation in bare Playwright, with the waits that a competent person writes. */
import type { Locator, Page } from 'playwright';
import type { Subject } from './subject.ts';

/** Answers the order's id; the page has a `baseURL` and somebody is signed in. */
export async function enterAndConfirm(page: Page, subject: Names, mark: string): Promise<number> {
  await page.goto('/odoo/sales/new');
  const form = page.locator('.o_form_view');
  const field = (name: string): Locator => form.locator(`.o_field_widget[name=${name}]`);

  // The mark first: leaving a dirty form saves it, and then it must be found.
  await form.locator('.o_notebook .nav-link[name=other_information]').click();
  await field('client_order_ref').locator('input').fill(mark);
  await choose(page, field('partner_id'), subject.customerName);

  await form.locator('.o_notebook .nav-link[name=order_lines]').click();
  const lines = field('order_line');
  await lines.locator('.o_field_x2many_list_row_add a').first().click();
  const line = lines.locator('.o_selected_row');
  await choose(page, line.locator('td[name=product_template_id]'), subject.productName);
  // Odoo now computes prices and draws the form anew, and a click in the middle of that is lost.
  await field('tax_totals').filter({ hasText: /[1-9]/ }).waitFor();
  await line.locator('td[name=product_uom_qty] input').fill('1');

  await form.locator('.o_form_button_save').click();
  await page.waitForURL(/\/sales\/\d+$/);
  await form.locator('.o_form_status_indicator_buttons.invisible').waitFor({ state: 'attached' });
  await form.locator('.o_form_statusbar button[name=action_confirm]:visible').click();
  await field('state').locator('.o_arrow_button_current[data-value=sale]').waitFor();
  return Number(/\d+$/.exec(new URL(page.url()).pathname)?.[0]);
}

type Names = Pick<Subject, 'customerName' | 'productName'>;

async function choose(page: Page, field: Locator, name: string): Promise<void> {
  await field.locator('input').first().fill(name);
  const entries = page.locator('.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)');
  await entries.filter({ hasText: name }).first().click();
}
