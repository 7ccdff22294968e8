/** Settings of a tenant that would block a probe, make it do harm, or give its user more than it needs. */
import { PRODUCT_STOCK_FLOOR } from '../../domain/fixtures.ts';
import type { Access } from '../../engine/access.ts';
import type { Fixtures } from '../../scenario/index.ts';
import type { Finding, Patient } from './patient.ts';

/** Who has to renew something hears of it so long before. */
export const EXPIRY_NOTICE_MS = 14 * 86_400_000;

export async function userFindings(patient: Patient, access: Access): Promise<readonly Finding[]> {
  const { timeZone } = patient.tenant;
  const [user] = await access.read('res.users', [access.uid], { tz: 'text', company_ids: 'ids' });
  const zone = user?.tz ?? 'no zone';
  const companies = user?.company_ids.length ?? 0;
  const excess = await rightsTooMany(access);
  return [
    ...consentFindings(patient),
    ...when(
      zone !== timeZone,
      'warning',
      'time zone',
      `the probe user works in ${zone}, the tenant in ${timeZone}`,
    ),
    ...when(
      companies > 1,
      'problem',
      'companies',
      'the probe user may work in more than one company',
    ),
    ...when(
      excess.length > 0,
      'warning',
      'rights',
      `the probe user may ${excess.join(', ')}, which it does not need`,
    ),
  ];
}

/** Rights that the groups of `provision` do not give, each of which some group above them does. */
const TOO_MANY = [
  ['create', 'res.partner', 'create partners'],
  ['write', 'product.product', 'change products'],
  ['unlink', 'sale.order', 'delete orders'],
  ['write', 'stock.warehouse', 'change warehouses'],
  ['write', 'account.journal', 'change journals'],
  ['write', 'res.company', 'change companies'],
  ['write', 'res.users', 'change users'],
] as const;

async function rightsTooMany(access: Access): Promise<readonly string[]> {
  const answers = await Promise.all(
    TOO_MANY.map(([operation, model]) => access.ask(model, 'has_access', [[], operation])),
  );
  return TOO_MANY.flatMap(([, , words], index) => (answers[index] === true ? [words] : []));
}

function consentFindings({ tenant: { consent }, nowMs }: Patient): readonly Finding[] {
  if (consent.level === 'read-only') return [];
  const until = new Date(consent.untilMs).toISOString().slice(0, 10);
  const message = `${consent.level}, by ${consent.by}, only until ${until}`;
  return when(consent.untilMs - nowMs < EXPIRY_NOTICE_MS, 'warning', 'consent', message);
}

/** Delivery e-mails and SMS go to real servers, and no context stops the e-mail: both must be off. */
export async function companyFindings(
  access: Access,
  { companyId, customerId, productId }: Fixtures,
): Promise<readonly Finding[]> {
  const companies = await access.read('res.company', [companyId], {
    stock_move_email_validation: 'boolean',
  });
  const mails = companies.some((company) => company.stock_move_email_validation);
  const customers = await access.read('res.partner', [customerId], {
    phone: 'text',
    email: 'text',
  });
  const reachable = customers.some(({ phone, email }) => (phone ?? email) !== undefined);
  const products = await access.read('product.product', [productId], {
    tracking: 'text',
    free_qty: 'number',
  });
  const tracked = products.some(({ tracking }) => tracking !== 'none');
  const free = products.reduce((sum, { free_qty }) => sum + free_qty, 0);
  return [
    ...when(mails, 'problem', 'delivery e-mail', 'is on in the synthetic company: switch it off'),
    ...when(
      reachable,
      'problem',
      'customer',
      'has a phone or e-mail, so messages could be sent: clear them',
    ),
    ...when(tracked, 'warning', 'product', 'is tracked by lot or serial number'),
    ...when(
      free < PRODUCT_STOCK_FLOOR,
      'warning',
      'stock',
      `only ${free} free: run orderwatch provision to refill`,
    ),
  ];
}

function when(
  seen: boolean,
  ...[level, check, message]: [Finding['level'], string, string]
): readonly Finding[] {
  return seen ? [{ check, level, message }] : [];
}
