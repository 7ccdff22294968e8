/** What is remembered of a run for later comparison: how it ended, and how long its steps took. */
import { z } from 'zod';
import { isDown } from './back-off.ts';
import type { Failure } from './failure.ts';
import { accountedSlot } from './ledger.ts';
import type { RunReport } from './report.ts';
import type { Transport } from './transport.ts';

/** One tenant's scenario over one transport; a report and a planned slot name one too. */
export interface Series {
  readonly tenant: string;
  readonly scenario: string;
  readonly transport: Transport;
}

export const pastRunSchema = z
  .strictObject({
    v: z.literal(1),
    /** When it started, epoch milliseconds. */
    atMs: z.int().nonnegative(),
    /** Absent of a run that nobody scheduled. */
    planned: z.literal(true).exactOptional(),
    revision: z.int().positive(),
    wire: z.enum(['xmlrpc', 'json2']),
    /** Of its measured steps, milliseconds in the order that the scenario's revision declares; none unless it tells how long they take. */
    stepsMs: z.array(z.number().nonnegative()).readonly(),
    /** Absent of a run that passed. */
    failure: z
      .strictObject({
        code: z.string(),
        step: z.string().exactOptional(),
        trace: z.string().exactOptional(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();

export type PastRun = z.infer<typeof pastRunSchema>;
export type PastFailure = NonNullable<PastRun['failure']>;

/** Undefined of a run that tells nothing about its tenant: neither passed nor failed. */
export function pastRunOf(report: RunReport): PastRun | undefined {
  const { outcome, steps, contaminated, revision, wire } = report;
  if (outcome.kind !== 'passed' && outcome.kind !== 'failed') return undefined;
  const telling = outcome.kind === 'passed' && !contaminated;
  const measured = telling ? steps.filter(({ phase }) => phase === 'measured') : [];
  const isPlanned = accountedSlot(report) !== undefined && report.confirms === undefined;
  return {
    v: 1,
    atMs: Date.parse(report.startedAt),
    ...(isPlanned ? { planned: true } : {}),
    revision,
    wire,
    stepsMs: measured.map(({ durationMs }) => durationMs),
    ...(outcome.kind === 'failed' ? { failure: pastFailureOf(outcome.failure) } : {}),
  };
}

/** Of those that tell something about their tenant. */
export const pastRunsOf = (reports: readonly RunReport[]): readonly PastRun[] =>
  reports.flatMap((report) => pastRunOf(report) ?? []);

export function pastFailureOf({ code, step, trace }: Failure): PastFailure {
  return {
    code,
    ...(step === undefined ? {} : { step }),
    ...(trace === undefined ? {} : { trace }),
  };
}

/** Where a run waits in vain is a matter of chance. */
const NO_ANSWER = 'odoo.timeout';

/**
 * Whether two failures are likely one: both found the tenant down, or both had no answer, or they are of one code at one
 * step and, where both have a traceback, at one place in Odoo's code.
 */
export function isAlike(a: PastFailure, b: PastFailure): boolean {
  if (isDown(a.code) && isDown(b.code)) return true;
  if (a.code !== b.code) return false;
  if (a.code === NO_ANSWER) return true;
  const traced = a.trace !== undefined && b.trace !== undefined;
  return a.step === b.step && (!traced || a.trace === b.trace);
}
