/**
 * The trading partner of one tenant of the lab: drops orders where its EDI add-on finds them, has it run, and collects
 * the answers. What it leads to in Odoo is undone afterwards.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { labPaths } from '../../deploy/lab/faults.ts';
import { openChannel } from '../../src/channel/open.ts';
import { Failed } from '../../src/domain/failure.ts';
import { COMPANY_NAME, CUSTOMER_REF, PRODUCT_CODE } from '../../src/domain/fixtures.ts';
import { type ShortMark, scenarioId, tenantId } from '../../src/domain/ids.ts';
import { markOf, runIdOf } from '../../src/domain/mark.ts';
import { controlNumbersOf, shortMarkOf } from '../../src/domain/short-mark.ts';
import { unscheduledSlot } from '../../src/domain/slot.ts';
import { lineTotalOf, type Order, type syntaxes, totalsOf } from '../../src/edi/index.ts';
import type { Access } from '../../src/engine/access.ts';
import type { Channel } from '../../src/engine/ports.ts';
import { undoOrder } from '../../src/engine/undo/order.ts';
import { Undo } from '../../src/engine/undo/undo.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { OdooValues } from '../../src/scenario/index.ts';
import { admin, type LabTenant, probe } from './lab.ts';

export type Syntax = (typeof syntaxes)[number];

export type Fault =
  | 'no-acknowledgement'
  | 'duplicate-acknowledgement'
  | 'wrong-quantity'
  | 'late'
  | 'mixed-up-control-numbers'
  | 'no-answers'
  | 'wrong-price';

export const extensions = { ubl: 'xml', x12: 'x12', edifact: 'edi' } as const;

const options = { timeoutMs: 10_000, signal: new AbortController().signal };

/** Between two calls for the scheduled action. */
const CRON_MS = 2_000;

let counter = 0;

interface Terms {
  readonly currency: string;
  readonly taxPercent?: string;
}

export class EdiPartner {
  readonly channel: Channel;
  readonly folders: { readonly in: string; readonly out: string };
  readonly #tenant: LabTenant;
  readonly #owner: Access;
  readonly #seller: Access;
  readonly #cronId: number;
  readonly #terms: Terms;
  readonly #dropped = new Set<string>();

  private constructor(
    tenant: LabTenant,
    access: { readonly owner: Access; readonly seller: Access },
    found: { readonly cronId: number; readonly terms: Terms },
  ) {
    const folders = labPaths().edi[tenant];
    if (folders === undefined) throw new Error(`the lab has no EDI folders for ${tenant}`);
    this.folders = folders;
    this.channel = openChannel({ kind: 'folder', ...folders }, systemClock);
    this.#tenant = tenant;
    this.#owner = access.owner;
    this.#seller = access.seller;
    this.#cronId = found.cronId;
    this.#terms = found.terms;
  }

  /** Has the add-on import into the synthetic company as the probe user, until `leave`. */
  static async of(tenant: LabTenant): Promise<EdiPartner> {
    const [owner, seller] = await Promise.all([admin(tenant), probe(tenant)]);
    const [action] = await owner.searchRead(
      'ir.model.data',
      [
        ['module', '=', 'edi_folder'],
        ['name', '=', 'ir_cron_exchange'],
      ],
      { res_id: 'number' },
    );
    if (action === undefined) {
      throw new Error(`${tenant} lacks edi_folder: npm run lab -- reset, then up`);
    }
    const [company] = await owner.searchRead('res.company', [['name', '=', COMPANY_NAME]], {
      currency_id: 'many2one',
    });
    const terms = await termsOf(seller, company?.currency_id?.id ?? 0);
    const found = { cronId: action.res_id, terms };
    const partner = new EdiPartner(tenant, { owner, seller }, found);
    await partner.#set('company', String(company?.id ?? 0));
    await partner.#set('user', String(seller.uid));
    return partner;
  }

  /** An order of the synthetic customer, with a reference of its own. */
  order(): Order {
    const customer = { name: `${COMPANY_NAME} customer`, id: CUSTOMER_REF };
    const { taxPercent } = this.#terms;
    const [quantity, price] = ['2', '10'];
    const line = {
      id: '10',
      product: { code: PRODUCT_CODE, name: `${COMPANY_NAME} product` },
      quantity,
      unit: 'C62',
      price,
      total: lineTotalOf(quantity, price),
      ...(taxPercent === undefined ? {} : { taxPercent }),
    };
    const number = this.#newReference();
    return {
      kind: 'order',
      number,
      issueDate: new Date().toISOString().slice(0, 10),
      buyer: customer,
      shipTo: customer,
      seller: { name: COMPANY_NAME },
      envelope: { sender: 'ZZCUSTOMER', receiver: 'ZZORDERWATCH', ...controlNumbersOf(number) },
      currency: this.#terms.currency,
      lines: [line],
      totals: totalsOf([line]),
    };
  }

  #newReference(): ShortMark {
    counter += 1;
    const slot = unscheduledSlot(Date.now(), counter);
    const scenario = scenarioId('order-confirmation');
    const run = { tenant: tenantId(this.#tenant), scenario, transport: 'rpc', slot } as const;
    return shortMarkOf(markOf(runIdOf(run), Math.ceil(Date.now() / 1_000) * 1_000));
  }

  async drop(name: string, bytes: Uint8Array): Promise<void> {
    this.#dropped.add(name);
    await this.channel.drop(name, bytes, options);
  }

  /** Runs the scheduled action, as its button "Run Manually" does. */
  async exchange(): Promise<void> {
    const answer = await this.#owner.write('ir.cron', 'method_direct_trigger', [[this.#cronId]]);
    if (answer !== true) throw new Error(`the exchange failed: ${JSON.stringify(answer)}`);
  }

  async inject(fault: Fault | ''): Promise<void> {
    await this.#set('fault', fault === '' ? false : fault);
  }

  async #set(name: string, value: string | false): Promise<void> {
    await this.#owner.write('ir.config_parameter', 'set_param', [`edi_folder.${name}`, value]);
  }

  async #ordersOf(names: readonly string[]): Promise<readonly number[]> {
    const sources = await this.#owner.searchRead(
      'ir.attachment',
      [
        ['res_model', '=', 'sale.order'],
        ['name', 'in', names],
      ],
      { res_id: 'number' },
    );
    return sources.map(({ res_id }) => res_id);
  }

  /** Has the add-on import as the administrator, as connectors with a user of their own do. */
  async importAsOwner(): Promise<void> {
    await this.#set('user', String(this.#owner.uid));
  }

  /** Has the add-on work in other folders, until it is moved back. */
  async moveTo(folders: { readonly in: string; readonly out: string }): Promise<void> {
    await this.#set('in', folders.in);
    await this.#set('out', folders.out);
  }

  async exported(): Promise<readonly string[]> {
    return (await this.channel.list('out', options)).map(({ name }) => name);
  }

  async waiting(): Promise<readonly string[]> {
    return (await this.channel.list('in', options)).map(({ name }) => name);
  }

  /** Has Odoo's own cron worker run the scheduled action every few seconds, for as long as the work takes. */
  async whileScheduled<T>(work: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const calling = (async () => {
      while (!over.signal.aborted) {
        await this.#schedule({ active: true, nextcall: aMinuteAgo() });
        await sleep(CRON_MS);
      }
      while (!(await this.#schedule({ active: false }))) await sleep(CRON_MS);
    })();
    try {
      return await work();
    } finally {
      over.abort();
      await calling;
    }
  }

  /** False while the action runs: Odoo lets nobody change it then. */
  async #schedule(values: OdooValues): Promise<boolean> {
    try {
      await this.#owner.write('ir.cron', 'write', [[this.#cronId], values]);
      return true;
    } catch (error) {
      if (error instanceof Failed && error.failure.code === 'odoo.refused') return false;
      throw error;
    }
  }

  /** Undoes what the files of a test led to, and empties the folders. */
  async cleanUp(): Promise<void> {
    await this.inject('');
    for (const place of ['in', 'out'] as const) {
      for (const { name } of await this.channel.list(place, options)) {
        await this.channel.remove(place, name, options);
      }
    }
    const orders = await this.#ordersOf([...this.#dropped]);
    this.#dropped.clear();
    for (const id of orders) await undoOrder(new Undo(this.#seller), id);
    const sources = await this.#owner.searchRead(
      'ir.attachment',
      [
        ['res_model', '=', 'sale.order'],
        ['res_id', 'in', orders],
      ],
      { name: 'text' },
    );
    const ids = sources.map(({ id }) => id);
    if (ids.length > 0) await this.#owner.write('ir.attachment', 'unlink', [ids]);
  }

  async leave(): Promise<void> {
    for (const name of ['company', 'user', 'fault']) await this.#set(name, false);
    await this.channel.close();
  }
}

/** As Odoo writes instants. */
const aMinuteAgo = (): string =>
  new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace('T', ' ');

/** Currency and tax of what the synthetic customer orders. */
async function termsOf(seller: Access, currencyId: number): Promise<Terms> {
  const [currency] = await seller.read('res.currency', [currencyId], { name: 'text' });
  const [product] = await seller.searchRead(
    'product.product',
    [['default_code', '=', PRODUCT_CODE]],
    { taxes_id: 'ids' },
  );
  const [tax] = await seller.read('account.tax', product?.taxes_id ?? [], { amount: 'number' });
  return {
    currency: currency?.name ?? '',
    ...(tax === undefined ? {} : { taxPercent: String(tax.amount) }),
  };
}
