/** Run ids and marks: what a synthetic document carries so that anyone can find it and knows when it is dead. */
import {
  ID_PATTERN,
  type Mark,
  type RunId,
  type ScenarioId,
  type Slot,
  type TenantId,
} from './ids.ts';
import { SLOT_PATTERN } from './slot.ts';
import { type Transport, transports } from './transport.ts';

export const MARK_PREFIX = 'SYN~';

export interface RunKey {
  readonly tenant: TenantId;
  readonly scenario: ScenarioId;
  readonly transport: Transport;
  readonly slot: Slot;
}

/** `SYN~tenant~scenario~transport~slot`; also the id of the job that carries the run. */
export function runIdOf(key: RunKey): RunId {
  return `${MARK_PREFIX}${key.tenant}~${key.scenario}~${key.transport}~${key.slot}` as RunId;
}

/** The run id plus `~deadline`, in whole epoch seconds, rounded up: nothing of the run is written later. */
export function markOf(runId: RunId, deadlineMs: number): Mark {
  return `${runId}~${Math.ceil(deadlineMs / 1_000)}` as Mark;
}

export interface ParsedMark extends RunKey {
  readonly runId: RunId;
  readonly deadlineMs: number;
}

const source = (pattern: RegExp): string => pattern.source.replace(/^\^|\$$/g, '');

const RUN_ID =
  `SYN~(${source(ID_PATTERN)})~(${source(ID_PATTERN)})~(${transports.join('|')})` +
  `~(${source(SLOT_PATTERN)})`;
const WHOLE_RUN_ID = new RegExp(`^${RUN_ID}$`);
const MARK = new RegExp(`${RUN_ID}~(\\d{9,11})(?!\\d)`);

/** What a run id is made of; undefined for any other text. */
export function parseRunId(text: string): RunKey | undefined {
  const [, tenant, scenario, transport, slot] = WHOLE_RUN_ID.exec(text) ?? [];
  return slot === undefined ? undefined : ({ tenant, scenario, transport, slot } as RunKey);
}

/** The first mark inside a text (a reference, a file name, a credit note's reason), or undefined. */
export function findMark(text: string): ParsedMark | undefined {
  const [, tenant, scenario, transport, slot, deadline] = MARK.exec(text) ?? [];
  if (deadline === undefined) return undefined;
  const key = { tenant, scenario, transport, slot } as RunKey;
  return { ...key, runId: runIdOf(key), deadlineMs: Number(deadline) * 1_000 };
}
