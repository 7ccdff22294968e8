/** A trading partner's channel in memory, with a connector behind it that imports what is dropped and answers it. */

import type { ShortMark } from '../../../src/domain/ids.ts';
import { controlNumbersOf } from '../../../src/domain/short-mark.ts';
import {
  type Acknowledgement,
  type Document,
  decode,
  encode,
  type Order,
} from '../../../src/edi/index.ts';
import type { Channel, ChannelFile, ChannelPlace } from '../../../src/engine/ports.ts';
import type { World } from './engine.ts';

const buyer = { name: 'partner' };

/** What is ordered; X12 leaves out the currency. */
export const ordered = {
  kind: 'order' as const,
  issueDate: '2026-07-01',
  buyer,
  seller: { name: 'seller' },
  shipTo: buyer,
  lines: [
    {
      ...{ id: '1', product: { code: 'P', name: 'p' }, quantity: '1', unit: 'C62' },
      ...{ price: '1', total: '1' },
    },
  ],
};

interface Kept extends ChannelFile {
  readonly content: Uint8Array;
}

type Answering = (order: Order, acknowledgement: Acknowledgement) => readonly Document[];

export interface Manner {
  /** Milliseconds until it takes what is dropped; never when absent. */
  readonly takesAfterMs?: number;
  /** What it answers when it has taken an order; nothing but the acknowledgement when absent. */
  readonly answers?: Answering;
  /** Whether an order comes of what it has taken. */
  readonly imports?: boolean;
  /** Names of its files, by the order and the number of the answer. */
  readonly nameOf?: (order: Order, n: number) => string;
}

export class Connector implements Channel {
  readonly in = new Map<string, Kept>();
  readonly out = new Map<string, Kept>();
  closed = 0;
  readonly #world: World;
  readonly #manner: Manner;

  constructor(world: World, manner: Manner) {
    this.#world = world;
    this.#manner = manner;
  }

  put(place: ChannelPlace, name: string, content: Uint8Array): void {
    const modifiedMs = this.#world.clock.now();
    this[place].set(name, { name, content, bytes: content.length, modifiedMs });
  }

  drop(name: string, bytes: Uint8Array): Promise<void> {
    this.put('in', name, bytes);
    const { takesAfterMs } = this.#manner;
    if (takesAfterMs !== undefined) {
      this.#world.clock.after(takesAfterMs, () => {
        this.#take(name);
      });
    }
    return Promise.resolve();
  }

  list(place: ChannelPlace): Promise<readonly ChannelFile[]> {
    return Promise.resolve([...this[place].values()]);
  }

  fetch(name: string): Promise<Uint8Array> {
    const file = this.out.get(name);
    return file === undefined ? Promise.reject(new Error(name)) : Promise.resolve(file.content);
  }

  remove(place: ChannelPlace, name: string): Promise<void> {
    this[place].delete(name);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }

  #take(name: string): void {
    const file = this.in.get(name);
    if (file === undefined) return;
    this.in.delete(name);
    const read = decode(file.content);
    if (read.kind !== 'document' || read.document.kind !== 'order') throw new Error('no order');
    const order = read.document;
    if (this.#manner.imports !== false) this.#import(order, file);
    const { answers = onlyAcknowledged, nameOf = numbered } = this.#manner;
    answers(order, acknowledgementOf(order)).forEach((answer, n) => {
      this.put('out', nameOf(order, n), encode(answer, 'x12'));
    });
  }

  #import(order: Order, { name, content }: Kept): void {
    const { odoo } = this.#world;
    const id = odoo.rows('sale.order').length + 500;
    const created = { create_date: '2026-07-01 10:00:00', create_uid: [3, 'connector'] };
    odoo.add('sale.order', {
      ...{ id, name: `S${id}`, state: 'draft', locked: false, company_id: 2, invoice_ids: [] },
      ...{ ...created, client_order_ref: order.number, partner_id: [11, 'customer'] },
    });
    const datas = Buffer.from(content).toString('base64');
    const on = { res_model: 'sale.order', res_id: id };
    odoo.add('ir.attachment', { id: id + 100, name, datas, ...on, ...created });
  }
}

const onlyAcknowledged: Answering = (_, acknowledgement) => [acknowledgement];
const numbered = ({ number }: Order, n: number): string => `${number}.${n}.x12`;

export function acknowledgementOf(order: Order): Acknowledgement {
  const numbers = controlNumbersOf(order.number as ShortMark);
  return {
    kind: 'acknowledgement',
    issueDate: order.issueDate,
    status: 'accepted',
    acknowledges: { kind: 'order', ...numbers },
    envelope: answering(order),
  };
}

/** The envelope of an answer: the mailboxes swapped, with numbers of its own. */
export const answering = ({ envelope }: Order): NonNullable<Order['envelope']> => ({
  sender: envelope?.receiver ?? '',
  receiver: envelope?.sender ?? '',
  interchange: '000000042',
  group: '42',
  message: '0042',
});
