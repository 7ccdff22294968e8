/** Settings of a tenant that would block a probe, make it do harm, or give its user more than it needs. */
import { PRODUCT_STOCK_FLOOR } from '../domain/fixtures.ts';
import type { Access } from '../engine/access.ts';
import type { Fixtures } from '../scenario/index.ts';
import type { Finding, Patient } from './doctor.ts';

const EXPIRY_NOTICE_MS = 14 * 86_400_000;

export async function userFindings(
  { tenant, nowMs }: Patient,
  access: Access,
): Promise<readonly Finding[]> {
  const [user] = await access.read('res.users', [access.uid], {
    tz: 'text',
    company_ids: 'ids',
  });
  const findings: Finding[] = [];
  const { consent } = tenant;
  if (consent.level !== 'read-only' && consent.untilMs - nowMs < EXPIRY_NOTICE_MS) {
    const until = new Date(consent.untilMs).toISOString().slice(0, 10);
    findings.push(warning('consent', `${consent.level}, by ${consent.by}, only until ${until}`));
  }
  if (user?.tz !== tenant.timeZone) {
    const seen = user?.tz ?? 'no zone';
    findings.push(
      warning('time zone', `the probe user works in ${seen}, the tenant in ${tenant.timeZone}`),
    );
  }
  if ((user?.company_ids.length ?? 0) > 1) {
    findings.push(problem('companies', 'the probe user may work in more than one company'));
  }
  if ((await access.ask('res.partner', 'has_access', [[], 'create'])) === true) {
    findings.push(warning('rights', 'the probe user may create partners, which it does not need'));
  }
  return findings;
}

/** Delivery e-mails and SMS go to real servers, and no context stops the e-mail: both must be off. */
export async function companyFindings(
  access: Access,
  fixtures: Fixtures,
): Promise<readonly Finding[]> {
  const [company] = await access.read('res.company', [fixtures.companyId], {
    stock_move_email_validation: 'boolean',
  });
  const [customer] = await access.read('res.partner', [fixtures.customerId], {
    phone: 'text',
    email: 'text',
  });
  const [product] = await access.read('product.product', [fixtures.productId], {
    tracking: 'text',
    free_qty: 'number',
    type: 'text',
  });
  const findings: Finding[] = [];
  if (company?.stock_move_email_validation === true) {
    findings.push(problem('delivery e-mail', 'is on in the synthetic company: switch it off'));
  }
  const reachable = [customer?.phone, customer?.email].filter((value) => value !== undefined);
  if (reachable.length > 0) {
    findings.push(
      problem('customer', 'has a phone or e-mail, so messages could be sent: clear them'),
    );
  }
  if (product?.tracking !== 'none') {
    findings.push(warning('product', `is tracked by ${product?.tracking ?? 'something'}`));
  }
  if ((product?.free_qty ?? 0) < PRODUCT_STOCK_FLOOR) {
    const free = product?.free_qty ?? 0;
    findings.push(warning('stock', `only ${free} free: run orderwatch provision to refill`));
  }
  return findings;
}

const warning = (check: string, message: string): Finding => ({ check, level: 'warning', message });
const problem = (check: string, message: string): Finding => ({ check, level: 'problem', message });
