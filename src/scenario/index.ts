/** The published SDK: everything a scenario may import, and nothing else is. */
export type { ConsentLevel } from '../domain/consent.ts';
export type { Transport } from '../domain/transport.ts';
export type {
  Domain,
  EnteredDocument,
  Fixtures,
  MarkedDocument,
  MarkedModel,
  OdooReader,
  OdooValue,
  OdooValues,
  PlannedDocument,
  ScenarioContext,
} from './context.ts';
export type { Needs, Scenario } from './contract.ts';
export type { FieldKind, Fields, RecordOf } from './records.ts';
export type { WebClient } from './web.ts';
