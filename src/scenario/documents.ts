/** All that a run can write: its one marked document, what hangs on it, and the wizards that act on either. */
import type { Mark } from '../domain/ids.ts';
import type { Document, Order } from '../edi/index.ts';
import type { Finding } from './finding.ts';
import type { Domain, OdooValues } from './odoo.ts';
import type { Fields, RecordOf } from './records.ts';
import type { WebClient } from './web.ts';

/** Models a run may create records of, each with the field that carries the mark from the first write on. */
export const markFields = { 'sale.order': 'client_order_ref' } as const;
export type MarkedModel = keyof typeof markFields;

/** Documents that hang on a marked order, each with the path that leads from it to its order. */
export const orderPaths = {
  'stock.picking': 'sale_id',
  'stock.move': 'picking_id.sale_id',
  'stock.move.line': 'picking_id.sale_id',
  'account.move': 'line_ids.sale_line_ids.order_id',
} as const;
export type OwnedModel = keyof typeof orderPaths;

/** Wizards, each with the model it acts on, how it names its records, and the model that it writes. */
export const wizards = {
  'sale.advance.payment.inv': {
    of: 'sale.order',
    records: 'sale_order_ids',
    values: { advance_payment_method: 'delivered' },
    writes: 'account.move',
  },
  'stock.backorder.confirmation': {
    of: 'stock.picking',
    records: 'pick_ids',
    values: {},
    writes: 'stock.picking',
    /** Which transfers it validates is not in its record. */
    context: 'button_validate_picking_ids',
  },
} as const;
export type Wizard = keyof typeof wizards;
type WizardOf<M extends string> = {
  [W in Wizard]: (typeof wizards)[W]['of'] extends M ? W : never;
}[Wizard];

/** The values that may be set by hand; their undo is that of the transfer. */
interface Settable {
  'stock.picking': never;
  'stock.move': { readonly quantity: number };
  'stock.move.line': { readonly quantity?: number; readonly lot_id?: number };
  'account.move': never;
}

export interface Actor<M extends string> {
  /** Calls a business method on the record. The reply says nothing: read the record to judge. */
  call(method: string, context?: OdooValues): Promise<void>;
  /** Opens a wizard on the record and presses one of its buttons. */
  answer(wizard: WizardOf<M>, button: string): Promise<void>;
  /** A business action on it, done by hand; Failed (scenario) where the transport is not `browser`. Read the record to judge. */
  act(work: (web: WebClient) => Promise<void>): Promise<void>;
}

/** What was read of a document that hangs on the marked order, and the ways to act on it. */
export type OwnedDocument<M extends OwnedModel, F extends Fields> = RecordOf<F> &
  Actor<M> & { write(values: Settable[M]): Promise<void> };

export interface MarkedDocument extends Actor<MarkedModel> {
  readonly id: number;
  /** Reads those documents of a model that hang on this one, oldest first; only they can be acted on. */
  find<M extends OwnedModel, F extends Fields>(
    model: M,
    fields: F,
    domain?: Domain,
  ): Promise<readonly OwnedDocument<M, F>[]>;
}

/** A document whose undo is already written down. Only this can create. */
export interface PlannedDocument {
  /**
   * Creates the one record of this plan, with the mark in its mark field. Throws Failed `run.duplicate`
   * when another record carries this run's mark.
   */
  create(values: OdooValues): Promise<MarkedDocument>;
  /**
   * The same by hand: `work` types the mark first of all, enters the rest, saves, and answers the id of the
   * record. Throws as `create` does, and Failed (scenario) where the transport is not `browser`.
   */
  enter(work: (web: WebClient, mark: Mark) => Promise<number>): Promise<MarkedDocument>;
  /**
   * The same as the trading partner does it, by a document through the tenant's channel: in the browser with the upload
   * button. Resolves when the channel has taken it. Its number, its envelope and the name of its file are the run's.
   */
  send(order: OrderToSend): Promise<SentOrder>;
}

export type OrderToSend = Omit<Order, 'number' | 'envelope'>;

export interface SentOrder {
  /** As it was sent. */
  readonly document: Order;
  /**
   * Waits until the tenant has made an order of it. Throws Failed (target, integration): `edi.not-imported`, or
   * `edi.imported-twice`.
   */
  arrival(): Promise<MarkedDocument>;
  /** Whether Odoo hands out the document that it has stored, byte for byte; throws Failed where it has stored none. */
  isStored(): Promise<boolean>;
  /** What the tenant answers by this channel. */
  readonly answers: readonly AnswerKind[];
  /** Waits for all of that. Throws Failed (target, integration): `edi.missing-answer`, `edi.malformed-answer`. */
  collect(): Promise<readonly Document[]>;
  /** What is wrong with the answers to it. */
  compare(answers: readonly Document[]): readonly Finding[];
}

export type AnswerKind = Exclude<Document['kind'], 'order'>;
