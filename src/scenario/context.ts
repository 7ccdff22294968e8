/** What a running scenario is given: reading is free, writing goes through a plan for its undo. */
import type { Mark, RunId, TenantId } from '../domain/ids.ts';
import type { Transport } from '../domain/transport.ts';
import type { Fields, RecordOf } from './records.ts';
import type { WebClient } from './web.ts';

/** Values as XML-RPC can carry them; `false` is Odoo's "nothing". */
export type OdooValue =
  | string
  | number
  | boolean
  | readonly OdooValue[]
  | { readonly [key: string]: OdooValue };
export type OdooValues = Readonly<Record<string, OdooValue>>;
/** Odoo's search domain in prefix notation. */
export type Domain = readonly OdooValue[];

/** Reads as the probe user. Throws Failed; never writes. */
export interface OdooReader {
  read<F extends Fields>(
    model: string,
    ids: readonly number[],
    fields: F,
  ): Promise<readonly RecordOf<F>[]>;
  searchRead<F extends Fields>(
    model: string,
    domain: Domain,
    fields: F,
    options?: { readonly order?: string; readonly limit?: number },
  ): Promise<readonly RecordOf<F>[]>;
  count(model: string, domain: Domain): Promise<number>;
}

/** Models a run may create records of, each with the field that carries the mark from the first write on. */
export const markFields = { 'sale.order': 'client_order_ref' } as const;
export type MarkedModel = keyof typeof markFields;

/** A document whose undo is already written down. Only this can write. */
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
  enter(work: (web: WebClient, mark: Mark) => Promise<number>): Promise<EnteredDocument>;
}

/** A document entered in the web client. */
export interface EnteredDocument {
  readonly id: number;
  /** A business action on it, done by hand. Read the record to judge. */
  act(work: (web: WebClient) => Promise<void>): Promise<void>;
}

export interface MarkedDocument {
  readonly id: number;
  /** Calls a business method on the record. The reply says nothing: read the record to judge. */
  call(method: string, context?: OdooValues): Promise<void>;
}

/** The records that `provision` made and every scenario works with. */
export interface Fixtures {
  readonly companyId: number;
  readonly customerId: number;
  readonly productId: number;
  /** Sales price of one unit, in the company's currency. */
  readonly price: number;
  /** Names as the web client shows them. */
  readonly customerName: string;
  readonly productName: string;
}

export interface ScenarioContext {
  readonly runId: RunId;
  readonly mark: Mark;
  readonly transport: Transport;
  readonly tenant: { readonly id: TenantId; readonly timeZone: string };
  readonly fixtures: Fixtures;
  readonly odoo: OdooReader;
  /** Aborts when the run's time is up or somebody stops it. */
  readonly signal: AbortSignal;
  /** Times one declared step. Steps must come in the declared order, each once. */
  step<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Looks around in the web client. Throws Failed (scenario) when the page wrote: that takes a plan. */
  browse(work: (web: WebClient) => Promise<void>): Promise<void>;
  /** Writes the undo down and looks whether the mark is taken, before anything is created. */
  plan(model: MarkedModel): Promise<PlannedDocument>;
  /** Fails the run (target, data) unless `seen` is `wanted`. */
  expect<T extends string | number | boolean>(what: string, seen: T | undefined, wanted: T): void;
  /** The value, or a failure of the run (target, data) when there is none. */
  need<T>(what: string, value: T | undefined): T;
}
