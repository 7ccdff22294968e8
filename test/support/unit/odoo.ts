/** An Odoo in memory: enough of sales, stock and books for the engine, every call recorded, every fault on order. */

import { Failed, type Failure } from '../../../src/domain/failure.ts';
import { COMPANY_NAME, CUSTOMER_REF, PRODUCT_CODE } from '../../../src/domain/fixtures.ts';
import type { CallOptions, TenantSession } from '../../../src/engine/ports.ts';
import { matches, type Row } from './domain-match.ts';

export const UID = 7;
export const COMPANY = 2;

interface Params {
  readonly args: readonly unknown[];
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** What happens to a call instead of, or around, its own work. */
export type Trouble = (call: {
  readonly name: string;
  readonly params: Params;
  readonly options: CallOptions;
  /** Does the call's own work. */
  readonly proceed: () => unknown;
}) => unknown;

export class FakeOdoo {
  readonly uid = UID;
  /** `model.method` of every call, in order. */
  readonly calls: string[] = [];
  readonly params: Params[] = [];
  readonly modules = new Set(['sale', 'sale_stock', 'stock', 'account']);
  /** `read on sale.order` and the like that the probe user lacks. */
  readonly deniedRights = new Set<string>();
  /** `sale.order.client_order_ref` and the like that there are not. */
  readonly missingFields = new Set<string>();
  /** What orders get when they are confirmed. */
  deliveries = true;
  /** Whether imports read nothing of the documents they are given. */
  misreads = false;
  /** The clock of the server, for create_date. */
  now: () => number = () => Date.UTC(2026, 6, 1, 10, 0, 0);
  closed = 0;
  readonly #tables = new Map<string, Row[]>();
  readonly #troubles: { readonly name: string; readonly trouble: Trouble; times: number }[] = [];
  #nextId = 100;

  constructor() {
    this.add('res.users', { id: UID, company_id: [COMPANY, COMPANY_NAME] });
    this.add('res.company', { id: COMPANY, name: COMPANY_NAME, active: true });
    this.add('res.partner', { id: 11, ref: CUSTOMER_REF, name: 'customer', company_id: COMPANY });
    this.add('product.product', {
      id: 12,
      default_code: PRODUCT_CODE,
      name: 'product',
      company_id: COMPANY,
      lst_price: 10,
    });
  }

  add(model: string, row: Row): Row {
    this.rows(model).push(row);
    return row;
  }

  rows(model: string): Row[] {
    const rows = this.#tables.get(model) ?? [];
    this.#tables.set(model, rows);
    return rows;
  }

  row(model: string, id: number): Row {
    const row = this.rows(model).find((one) => one.id === id);
    if (row === undefined) throw refused(`Record does not exist (Record: ${model}(${id},))`);
    return row;
  }

  /** The next calls of this name meet trouble: so many times, or always. */
  on(name: string, trouble: Trouble, times = Infinity): void {
    this.#troubles.push({ name, trouble, times });
  }

  /** Orders, transfers and invoices that are not finished in a way that leaves nothing behind. */
  open(): readonly Row[] {
    return [
      ...this.rows('sale.order').filter(({ state }) => state !== 'cancel'),
      ...this.rows('stock.picking').filter(({ state }) => state !== 'cancel'),
      ...this.rows('account.move').filter(({ state }) => state !== 'cancel'),
    ];
  }

  writes(): readonly string[] {
    return this.calls.filter(
      (name) => !/\.(?:read|search_read|search_count|fields_get|has_access)$/.test(name),
    );
  }

  session(): TenantSession {
    return {
      wire: 'xmlrpc',
      uid: UID,
      call: async (model, method, params, options) => {
        const name = `${model}.${method}`;
        this.calls.push(name);
        this.params.push(params);
        const trouble = this.#troubles.find((one) => one.name === name && one.times > 0);
        const proceed = (): unknown => this.#answer(model, method, params);
        if (trouble === undefined) return await Promise.resolve(proceed());
        trouble.times -= 1;
        return await trouble.trouble({ name, params, options, proceed });
      },
      close: () => {
        this.closed += 1;
      },
    };
  }

  #answer(model: string, method: string, { args, kwargs }: Params): unknown {
    const [first, second] = args;
    switch (method) {
      case 'read':
        return this.rows(model)
          .filter(({ id }) => (first as number[]).includes(id))
          .map(copy);
      case 'search_read':
        return this.#search(model, first as readonly unknown[], kwargs);
      case 'search_count':
        return this.#search(model, first as readonly unknown[], {}).length;
      case 'fields_get':
        return this.#fields(model, first as readonly string[]);
      case 'has_access':
        return !this.deniedRights.has(`${String(second)} on ${model}`);
      case 'create':
        return this.#create(model, first as Record<string, unknown>);
      case 'write':
        for (const id of first as readonly number[]) Object.assign(this.row(model, id), second);
        return true;
      case 'action_view_inventory':
        return true;
      case 'create_document_from_attachment':
        for (const id of second as readonly number[]) this.#import(id);
        return { type: 'ir.actions.act_window' };
      case 'action_archive':
        for (const id of first as readonly number[]) this.row(model, id)['active'] = false;
        return true;
      default:
        for (const id of first as readonly number[]) this.#act(model, method, id);
        return true;
    }
  }

  #search(model: string, domain: readonly unknown[], kwargs: Params['kwargs']): readonly Row[] {
    if (model === 'ir.module.module') {
      return [...this.modules]
        .map((name, index) => ({ id: index + 1, name, state: 'installed' }))
        .filter((row) => matches(row, domain, () => []));
    }
    const found = this.rows(model).filter((row) => matches(row, domain, this.#related));
    const [field = 'id', direction] = ((kwargs?.['order'] ?? 'id') as string).split(' ');
    const sorted = found.toSorted((a, b) => compareValues(a[field], b[field]));
    if (direction === 'desc') sorted.reverse();
    return sorted.slice(0, (kwargs?.['limit'] as number | undefined) ?? Infinity).map(copy);
  }

  readonly #related = (row: Row, field: string): readonly unknown[] => {
    const transfers = this.rows('stock.picking');
    const paths: Readonly<Record<string, () => readonly unknown[]>> = {
      'return_ids.state': () =>
        transfers.filter(({ return_id }) => idOf(return_id) === row.id).map(({ state }) => state),
      'picking_id.sale_id': () =>
        transfers
          .filter(({ id }) => id === idOf(row['picking_id']))
          .map(({ sale_id }) => idOf(sale_id)),
      'line_ids.sale_line_ids.order_id': () => [row['order_id']],
      'product_id.company_id': () => [COMPANY],
      'product_id.default_code': () => [
        this.row('product.product', idOf(row['product_id']) as number)['default_code'],
      ],
      'location_id.usage': () => [row['usage'] ?? 'internal'],
      'account_id.account_type': () => [row['account_type']],
    };
    const follow = paths[field];
    if (follow === undefined) throw new Error(`the fake Odoo cannot follow ${field}`);
    return follow();
  };

  #fields(model: string, wanted: readonly string[]): Readonly<Record<string, unknown>> {
    if (this.deniedRights.has(`read on ${model}`)) throw accessRefused(`no read on ${model}`);
    const known = wanted.filter((field) => !this.missingFields.has(`${model}.${field}`));
    return Object.fromEntries(known.map((field) => [field, { type: 'char' }]));
  }

  #create(model: string, values: Record<string, unknown>): number {
    const id = this.#nextId;
    this.#nextId += 1;
    const created = new Date(this.now()).toISOString().slice(0, 19).replace('T', ' ');
    const common = { id, create_date: created, create_uid: [UID, 'probe'], company_id: COMPANY };
    if (model === 'sale.order') {
      const order = {
        name: `ZZOW/${id}`,
        state: 'draft',
        locked: false,
        invoice_ids: [],
        picking_ids: [],
      };
      this.add(model, {
        ...common,
        ...order,
        ...values,
        partner_id: [values['partner_id'], 'customer'],
        amount_untaxed: 10,
        amount_tax: 2,
        amount_total: 12,
      });
    } else {
      this.add(model, { ...common, state: 'draft', ...values });
    }
    return id;
  }

  #act(model: string, method: string, id: number): void {
    const row = this.row(model, id);
    const work: Readonly<Record<string, () => void>> = {
      'sale.order.action_confirm': () => {
        this.#confirm(row);
      },
      'sale.order.action_unlock': () => (row['locked'] = false),
      'sale.order.action_cancel': () => {
        if (row['locked'] === true) throw refused('the order is locked');
        row['state'] = 'cancel';
        for (const transfer of this.#transfersOf(id)) {
          if (transfer['state'] !== 'done') transfer['state'] = 'cancel';
        }
      },
      'stock.picking.action_cancel': () => (row['state'] = 'cancel'),
      'stock.picking.action_assign': () => (row['state'] = 'assigned'),
      'stock.picking.button_validate': () => (row['state'] = 'done'),
      'stock.return.picking.action_create_returns_all': () => {
        this.#return(row);
      },
      'account.move.button_draft': () => (row['state'] = 'draft'),
      'account.move.button_cancel': () => (row['state'] = 'cancel'),
      'account.move.unlink': () => {
        this.#remove('account.move', id);
      },
      'account.move.action_post': () => {
        this.#post(row);
      },
      'account.move.reversal.refund_moves': () => {
        this.#refund(row);
      },
      'stock.picking.do_unreserve': () => (row['state'] = 'confirmed'),
      'sale.advance.payment.inv.create_invoices': () => {
        this.#invoice(row);
      },
      'stock.backorder.confirmation.process': () => {
        for (const picking of linked(row['pick_ids'])) {
          this.row('stock.picking', picking)['state'] = 'done';
        }
      },
      'stock.quant.action_apply_inventory': () => (row['quantity'] = row['inventory_quantity']),
      'ir.attachment.unlink': () => {
        this.#remove('ir.attachment', id);
      },
      'mail.activity.unlink': () => {
        this.#remove('mail.activity', id);
      },
    };
    const act = work[`${model}.${method}`];
    if (act === undefined) throw new Error(`the fake Odoo knows no ${model}.${method}`);
    act();
  }

  #confirm(order: Row): void {
    order['state'] = 'sale';
    if (!this.deliveries) return;
    const transfer = this.#create('stock.picking', {
      name: `OUT/${order.id}`,
      sale_id: [order.id, order['name']],
      return_id: false,
      state: 'assigned',
    });
    order['picking_ids'] = [transfer];
    this.add('stock.move', {
      id: transfer + 1_000,
      picking_id: transfer,
      state: 'assigned',
      product_id: [12, 'product'],
      product_uom_qty: 1,
    });
  }

  /** Never fails: of what it cannot read it makes an empty order, and keeps the file with it. */
  #import(fileId: number): void {
    const file = this.row('ir.attachment', fileId);
    const text = Buffer.from(String(file['datas']), 'base64').toString();
    const [, number = false] = this.misreads ? [] : (/<cbc:ID>([^<]*)</.exec(text) ?? []);
    const order = this.#create('sale.order', { client_order_ref: number, partner_id: 11 });
    Object.assign(file, { res_model: 'sale.order', res_id: order });
  }

  #return(wizard: Row): void {
    const done = this.row('stock.picking', wizard['picking_id'] as number);
    this.#create('stock.picking', {
      name: `RET/${done.id}`,
      sale_id: done['sale_id'],
      return_id: [done.id, 'x'],
      state: 'assigned',
    });
  }

  #invoice(wizard: Row): void {
    for (const id of linked(wizard['sale_order_ids'])) {
      const order = this.row('sale.order', id);
      const ref = order['client_order_ref'];
      const invoice = { move_type: 'out_invoice', state: 'draft', ref, order_id: id };
      order['invoice_ids'] = [this.#create('account.move', invoice)];
    }
  }

  #refund(wizard: Row): void {
    const params = this.params.findLast(
      ({ kwargs }) => contextOf(kwargs)['active_model'] === 'account.move',
    );
    const [invoice] = contextOf(params?.kwargs)['active_ids'] as readonly number[];
    this.#create('account.move', {
      move_type: 'out_refund',
      reversed_entry_id: invoice,
      ref: wizard['reason'],
      payment_state: 'not_paid',
    });
  }

  #post(move: Row): void {
    move['state'] = 'posted';
    if (move['move_type'] !== 'out_refund') return;
    move['payment_state'] = 'paid';
    this.row('account.move', move['reversed_entry_id'] as number)['payment_state'] = 'reversed';
  }

  #remove(model: string, id: number): void {
    this.#tables.set(
      model,
      this.rows(model).filter((row) => row.id !== id),
    );
  }

  #transfersOf(orderId: number): readonly Row[] {
    return this.rows('stock.picking').filter(({ sale_id }) => idOf(sale_id) === orderId);
  }
}

const compareValues = (a: unknown, b: unknown): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));

/** The ids in `[[6, 0, ids]]`. */
const linked = (commands: unknown): readonly number[] =>
  (commands as readonly [number, number, readonly number[]][]).flatMap(([, , ids]) => ids);

const contextOf = (kwargs: Params['kwargs']): Readonly<Record<string, unknown>> =>
  (kwargs?.['context'] ?? {}) as Readonly<Record<string, unknown>>;

const idOf = (many2one: unknown): unknown => (Array.isArray(many2one) ? many2one[0] : many2one);

/** Odoo answers false for what was never set. */
function copy(row: Row): Row {
  const nothing = {
    return_id: false,
    sale_id: false,
    client_order_ref: false,
    ref: false,
    create_uid: false,
    res_model: false,
    res_id: 0,
  };
  return { ...nothing, payment_state: false, journal_id: false, move_type: false, ...row };
}

const targetFailure = (
  code: string,
  layer: 'application' | 'access',
  message: string,
): Failure => ({
  code,
  blame: 'target',
  layer,
  message,
});

/** Odoo says no by its own rules. */
export const refused = (message: string): Failed =>
  new Failed(targetFailure('odoo.refused', 'application', message));

export const accessRefused = (message: string): Failed =>
  new Failed(targetFailure('odoo.access', 'access', message));

export const missingCapability = (message: string): Failed =>
  new Failed(targetFailure('odoo.missing-capability', 'application', message));

/** The answer was lost: nobody knows what became of the call. */
export const replyLost = (): Failed =>
  new Failed(
    {
      code: 'odoo.timeout',
      blame: 'target',
      layer: 'application',
      message: 'no answer within 10000 ms',
    },
    { fate: 'unknown' },
  );

/** Never answers; ends as the real client does when it is told to stop. */
export const silence: Trouble = ({ options: { signal } }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      const failure = {
        code: 'run.interrupted',
        blame: 'fleet',
        message: 'stopped while waiting',
      } as const;
      reject(new Failed(failure, { fate: 'unknown' }));
    });
  });
