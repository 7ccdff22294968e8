/**
 * Every synthetic document still open in a tenant, found in Odoo itself by state, company and mark: no
 * journal is asked. It starts from what is not terminal, so history is never scanned.
 */
import { type AnyMark, findAnyMark, markPatterns } from '../domain/any-mark.ts';
import type { OpenDocument } from '../domain/residue.ts';
import { oneLine } from '../lib/thrown.ts';
import type { Domain } from '../scenario/index.ts';
import type { Access } from './access.ts';
import { installedOf } from './assess.ts';
import { anyLike, handedInFiles } from './handed-in.ts';

/** At most so many documents of a model are looked at once, oldest first: an answer must stay readable. */
const OLDEST_FIRST = { order: 'id', limit: 200 } as const;

/** A posted invoice that is reversed, and the credit note it is reconciled with, are in neither of these. */
export const OPEN_PAYMENT_STATES = ['not_paid', 'partial', 'in_payment'] as const;

interface Hub {
  readonly mark: AnyMark | undefined;
  readonly ours: boolean;
}

/**
 * Throws Failed. Documents that are neither marked nor made by the probe user are somebody else's; an
 * administrator who looks says who the probe user is.
 */
export async function findOpenDocuments(
  access: Access,
  companyId: number,
  probe = access.uid,
): Promise<readonly OpenDocument[]> {
  const has = await installedOf(access, ['sale', 'stock', 'account']);
  if (!has('sale')) return [];
  const found = await Promise.all([
    openOrdersAndFiles(access, companyId, probe),
    has('stock') ? openTransfers(access, companyId, probe) : [],
    has('account') ? openInvoices(access, companyId, probe) : [],
    openActivities(access, probe),
  ]);
  return found.flat();
}

/** An order that was made of a file and misread carries no mark; the file beside it does. */
async function openOrdersAndFiles(
  access: Access,
  companyId: number,
  probe: number,
): Promise<readonly OpenDocument[]> {
  const ours: Domain = [['company_id', '=', companyId], ...oursOrMarked(probe)];
  const [orders, files] = await Promise.all([openOrders(access, ours), openFiles(access)]);
  const known = new Set(orders.map(({ id }) => id));
  const others = files.flatMap(({ orderId = 0 }) => (known.has(orderId) ? [] : orderId));
  const more = others.some((id) => id > 0) ? await openOrders(access, [['id', 'in', others]]) : [];
  const markOf = new Map(files.map(({ orderId, mark }) => [orderId, mark]));
  return [
    ...[...orders, ...more].map((order) => ({
      ...optional('mark', markOf.get(order.id)),
      ...order,
    })),
    ...files,
  ];
}

async function openFiles(access: Access): Promise<readonly OpenDocument[]> {
  const files = await handedInFiles(access);
  return files.map(({ orderId, ...file }) => ({
    ...common('ir.attachment', { ...file, state: 'attached' }),
    ...optional('mark', findAnyMark(file.name)),
    ...optional('orderId', orderId),
  }));
}

async function openOrders(access: Access, which: Domain): Promise<readonly OpenDocument[]> {
  const domain: Domain = [['state', '!=', 'cancel'], ...which];
  const orders = await access.searchRead(
    'sale.order',
    domain,
    {
      name: 'text',
      state: 'text',
      client_order_ref: 'text',
      create_date: 'text',
    },
    OLDEST_FIRST,
  );
  return orders.map((order) => ({
    ...common('sale.order', order),
    ...optional('mark', findAnyMark(order.client_order_ref ?? '')),
    orderId: order.id,
  }));
}

async function openTransfers(
  access: Access,
  companyId: number,
  probe: number,
): Promise<readonly OpenDocument[]> {
  // Goods that left come back: a done transfer is open until one of its returns is done.
  const notReturned = [
    '&',
    '&',
    ['state', '=', 'done'],
    ['return_id', '=', false],
    '!',
    ['return_ids.state', '=', 'done'],
  ];
  const domain: Domain = [
    ['company_id', '=', companyId],
    '|',
    ['state', 'not in', ['done', 'cancel']],
    ...notReturned,
  ];
  const transfers = await access.searchRead(
    'stock.picking',
    domain,
    {
      name: 'text',
      state: 'text',
      sale_id: 'many2one',
      create_date: 'text',
      create_uid: 'many2one',
    },
    OLDEST_FIRST,
  );
  const hubs = await hubsOf(
    access,
    transfers.flatMap(({ sale_id }) => sale_id?.id ?? []),
    probe,
  );
  return transfers.flatMap((transfer) => {
    const orderId = transfer.sale_id?.id;
    const hub = orderId === undefined ? undefined : hubs.get(orderId);
    if (hub?.ours !== true && transfer.create_uid?.id !== probe) return [];
    const found = { ...common('stock.picking', transfer), ...optional('orderId', orderId) };
    return [{ ...found, ...optional('mark', hub?.mark) }];
  });
}

async function openInvoices(
  access: Access,
  companyId: number,
  probe: number,
): Promise<readonly OpenDocument[]> {
  const domain: Domain = [
    ['company_id', '=', companyId],
    ['move_type', 'in', ['out_invoice', 'out_refund']],
    '|',
    ['state', '=', 'draft'],
    '&',
    ['state', '=', 'posted'],
    ['payment_state', 'in', OPEN_PAYMENT_STATES],
    '|',
    ['create_uid', '=', probe],
    '|',
    ...markPatterns.map((pattern) => ['ref', 'like', pattern] as const),
  ];
  const invoices = await access.searchRead(
    'account.move',
    domain,
    {
      name: 'text',
      state: 'text',
      ref: 'text',
      create_date: 'text',
    },
    OLDEST_FIRST,
  );
  return invoices.map((invoice) => ({
    ...common('account.move', invoice),
    ...optional('mark', findAnyMark(invoice.ref ?? '')),
  }));
}

async function openActivities(access: Access, probe: number): Promise<readonly OpenDocument[]> {
  const activities = await access.searchRead(
    'mail.activity',
    oursOrAssigned(probe),
    {
      res_model: 'text',
      res_id: 'number',
      create_date: 'text',
    },
    OLDEST_FIRST,
  );
  const orderIds = activities.flatMap((a) => (a.res_model === 'sale.order' ? a.res_id : []));
  const hubs = await hubsOf(access, orderIds, probe);
  return activities.map((activity) => {
    const name = `${activity.res_model ?? '?'},${activity.res_id}`;
    const hub = activity.res_model === 'sale.order' ? hubs.get(activity.res_id) : undefined;
    return {
      ...common('mail.activity', { ...activity, name, state: 'open' }),
      ...optional('mark', hub?.mark),
      ...optional('orderId', hub === undefined ? undefined : activity.res_id),
    };
  });
}

/** The orders that documents hang on, each with its mark and whether a run of ours made it. */
async function hubsOf(
  access: Access,
  orderIds: readonly number[],
  probe: number,
): Promise<ReadonlyMap<number, Hub>> {
  const orders = await access.read('sale.order', [...new Set(orderIds)], {
    client_order_ref: 'text',
    create_uid: 'many2one',
  });
  const hubs = orders.map((order) => {
    const mark = findAnyMark(order.client_order_ref ?? '');
    return [
      order.id,
      { mark, ours: mark !== undefined || order.create_uid?.id === probe },
    ] as const;
  });
  return new Map(hubs);
}

const oursOrMarked = (probe: number): Domain => [
  '|',
  ['create_uid', '=', probe],
  ...anyLike('client_order_ref', markPatterns),
];

const oursOrAssigned = (probe: number): Domain => [
  '|',
  ['create_uid', '=', probe],
  ['user_id', '=', probe],
];

function common(
  model: string,
  record: {
    readonly id: number;
    readonly name: string | undefined;
    readonly state: string | undefined;
    readonly create_date: string | undefined;
  },
): OpenDocument {
  return {
    model,
    id: record.id,
    reference: oneLine(record.name ?? `${model},${record.id}`),
    state: record.state ?? 'unknown',
    // Odoo answers UTC without saying so.
    createdMs: Date.parse(`${(record.create_date ?? '1970-01-01 00:00:00').replace(' ', 'T')}Z`),
  };
}

function optional<K extends string, V>(
  key: K,
  value: V | undefined,
): Partial<Readonly<Record<K, V>>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Readonly<Record<K, V>>>;
}
