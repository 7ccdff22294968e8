/** What must hold before a scenario may write, asked anew for each run: settings that would make it do harm. */
import type { Edi } from '../domain/edi-channel.ts';
import { PRODUCT_STOCK_FLOOR } from '../domain/fixtures.ts';
import { deliverySteps } from '../domain/tenant.ts';
import { localDate } from '../domain/zone.ts';
import type { Condition, Fixtures, Needs } from '../scenario/index.ts';
import type { Access } from './access.ts';

interface Asked {
  readonly fixtures: Fixtures;
  /** The tenant's date, for example 2026-07-06. */
  readonly today: string;
  readonly edi: Edi | undefined;
}

/** Answers reasons against the run; none when it may go on. */
type Check = (access: Access, asked: Asked) => Promise<readonly string[]>;

const checks: Readonly<Record<Condition, readonly Check[]>> = {
  stock: [stockLow],
  delivery: [stepsUnknown, deliveryMail, deliverySms],
  posting: [periodLocked],
  edi: [noPartner, taxUnfit],
};

/** The exact reasons why a run must not begin at this instant (epoch milliseconds). Throws Failed when it cannot be asked. */
export async function unmetConditions(
  access: Access,
  { conditions = [] }: Needs,
  at: {
    readonly fixtures: Fixtures;
    readonly timeZone: string;
    readonly nowMs: number;
    readonly edi: Edi | undefined;
  },
): Promise<readonly string[]> {
  if (conditions.length === 0) return [];
  const asked = { fixtures: at.fixtures, edi: at.edi, today: localDate(at.timeZone, at.nowMs) };
  const wanted = conditions.flatMap((condition) => checks[condition]);
  const reasons = await Promise.all(wanted.map((check) => check(access, asked)));
  return reasons.flat();
}

async function stockLow(access: Access, { fixtures }: Asked): Promise<readonly string[]> {
  const [product] = await access.read('product.product', [fixtures.productId], {
    free_qty: 'number',
  });
  const free = product?.free_qty ?? 0;
  return when(
    free < PRODUCT_STOCK_FLOOR,
    `only ${free} of the product are free, the floor is ${PRODUCT_STOCK_FLOOR} (run: orderwatch provision)`,
  );
}

async function stepsUnknown(access: Access, { fixtures }: Asked): Promise<readonly string[]> {
  const warehouses = await access.searchRead(
    'stock.warehouse',
    [['company_id', '=', fixtures.companyId]],
    { name: 'text', delivery_steps: 'text' },
  );
  const known: readonly string[] = deliverySteps;
  return warehouses
    .filter(({ delivery_steps }) => !known.includes(delivery_steps ?? ''))
    .map((warehouse) => {
      const { name = '?', delivery_steps: steps = 'none' } = warehouse;
      return `warehouse ${name} delivers in steps unknown to us: ${steps}`;
    });
}

/** It renders and sends a document on every delivery, and no context stops it. */
async function deliveryMail(access: Access, { fixtures }: Asked): Promise<readonly string[]> {
  const [company] = await access.read('res.company', [fixtures.companyId], {
    stock_move_email_validation: 'boolean',
  });
  return when(
    company?.stock_move_email_validation === true,
    'e-mail on delivery is on in the synthetic company',
  );
}

async function deliverySms(access: Access, { fixtures }: Asked): Promise<readonly string[]> {
  const [customer] = await access.read('res.partner', [fixtures.customerId], { phone: 'text' });
  if (customer?.phone === undefined) return [];
  // Only now: the settings are those of a module that need not be installed.
  const settings = { stock_text_confirmation: 'boolean', stock_confirmation_type: 'text' } as const;
  const names = Object.keys(settings);
  const known = await access.ask('res.company', 'fields_get', [names], { attributes: ['type'] });
  if (Object.keys(known ?? {}).length < names.length) return [];
  const [company] = await access.read('res.company', [fixtures.companyId], settings);
  const { stock_text_confirmation: texts, stock_confirmation_type: by } = company ?? {};
  return when(
    texts === true && by === 'sms',
    'SMS on delivery is on and the synthetic customer has a phone',
  );
}

async function periodLocked(
  access: Access,
  { fixtures, today }: Asked,
): Promise<readonly string[]> {
  const [company] = await access.read('res.company', [fixtures.companyId], {
    fiscalyear_lock_date: 'text',
    tax_lock_date: 'text',
    sale_lock_date: 'text',
    hard_lock_date: 'text',
  });
  const { id: _, ...dates } = company ?? { id: 0 };
  const latest = Object.values(dates)
    .filter((date) => date !== undefined)
    .toSorted()
    .at(-1);
  return latest === undefined
    ? []
    : when(latest >= today, `the books of the synthetic company are locked up to ${latest}`);
}

function noPartner(_: Access, { edi }: Asked): Promise<readonly string[]> {
  const none = 'no trading partner exchanges documents with it (edi: in the configuration)';
  return Promise.resolve(when(edi === undefined, none));
}

/** Odoo writes no UBL invoice of a line without tax, be it of 0 %, and takes the prices of UBL orders for net ones. */
async function taxUnfit(access: Access, { fixtures, edi }: Asked): Promise<readonly string[]> {
  if (edi?.syntax !== 'ubl') return [];
  const [product] = await access.read('product.product', [fixtures.productId], { taxes_id: 'ids' });
  const taxes = await access.searchRead(
    'account.tax',
    [
      ['id', 'in', product?.taxes_id ?? []],
      ['company_id', '=', fixtures.companyId],
    ],
    { price_include: 'boolean' },
  );
  const none = 'the product has no sales tax, and Odoo writes no UBL invoice without one';
  const included =
    'prices include the tax of the product, and Odoo imports those of UBL as net ones';
  return [
    ...when(taxes.length === 0, none),
    ...when(
      taxes.some(({ price_include }) => price_include),
      included,
    ),
  ];
}

const when = (holds: boolean, reason: string): readonly string[] => (holds ? [reason] : []);
