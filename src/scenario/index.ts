/** The published SDK: everything a scenario may import, and nothing else is. */
export type { ConsentLevel } from '../domain/consent.ts';
export type { Transport } from '../domain/transport.ts';
export type { Document, Order } from '../edi/index.ts';
export type { Fixtures, ScenarioContext } from './context.ts';
export type { Condition, Needs, Scenario } from './contract.ts';
export type {
  AnswerKind,
  MarkedDocument,
  MarkedModel,
  OrderToSend,
  OwnedDocument,
  OwnedModel,
  PlannedDocument,
  SentOrder,
} from './documents.ts';
export type { Finding } from './finding.ts';
export type { Domain, OdooReader, OdooValue, OdooValues } from './odoo.ts';
export type { FieldKind, Fields, RecordOf } from './records.ts';
export type { WebClient } from './web.ts';
