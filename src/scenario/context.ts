/** What a running scenario is given: reading is free, writing goes through a plan for its undo. */
import type { EdiChannelKind, EdiSyntax } from '../domain/edi-channel.ts';
import type { Mark, RunId, TenantId } from '../domain/ids.ts';
import type { Transport } from '../domain/transport.ts';
import type { MarkedModel, PlannedDocument } from './documents.ts';
import type { Finding } from './finding.ts';
import type { OdooReader } from './odoo.ts';
import type { WebClient } from './web.ts';

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
  readonly productCode: string;
  /** The trading partner; absent where `provision` made none, for it needs `edi` in the configuration. */
  readonly partner?: { readonly id: number; readonly name: string };
}

export interface ScenarioContext {
  readonly runId: RunId;
  readonly mark: Mark;
  readonly transport: Transport;
  readonly tenant: { readonly id: TenantId; readonly timeZone: string };
  readonly fixtures: Fixtures;
  /** How the trading partner exchanges documents with the tenant; absent where it does not. */
  readonly edi?: { readonly syntax: EdiSyntax; readonly channel: EdiChannelKind };
  readonly odoo: OdooReader;
  /** Aborts when the run's time is up or somebody stops it. */
  readonly signal: AbortSignal;
  /** Times one declared step. Steps must come in the declared order, each once. */
  step<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Times what must be there before a step can be measured; never inside a step, and part of none. */
  setUp<T>(name: string, body: () => Promise<T>): Promise<T>;
  /** Looks around in the web client. Throws Failed (scenario) when the page wrote: that takes a plan. */
  browse(work: (web: WebClient) => Promise<void>): Promise<void>;
  /** Writes the undo down and looks whether the mark is taken, before anything is created. */
  plan(model: MarkedModel): Promise<PlannedDocument>;
  /** Fails the run (target, data) unless `seen` is `wanted`. */
  expect<T extends string | number | boolean>(what: string, seen: T | undefined, wanted: T): void;
  /** The value, or a failure of the run (target, data) when there is none. */
  need<T>(what: string, value: T | undefined): T;
  /** Ends the run with what the scenario found out. */
  fail(finding: Finding): never;
  /** Ends the run as skipped, for this exact reason; only before anything is written. */
  skip(reason: string): never;
}
