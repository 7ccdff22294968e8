/** The frozen record of one run. The schema is the published one; the types follow from it. */
import { z } from 'zod';
import { diagnosisSchema, failureSchema } from './failure.ts';
import { transports } from './transport.ts';

const instant = z.iso.datetime();
const durationMs = z.number().nonnegative();
const documentSchema = z
  .strictObject({ model: z.string(), id: z.int().positive(), reference: z.string() })
  .readonly();

const outcomeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('passed') }).readonly(),
    z.strictObject({ kind: z.literal('failed'), failure: failureSchema }).readonly(),
    z.strictObject({ kind: z.literal('inconclusive'), failure: failureSchema }).readonly(),
    z.strictObject({ kind: z.literal('skipped'), reason: z.string() }).readonly(),
  ])
  .meta({ id: 'Outcome' });

const stepSchema = z
  .strictObject({
    name: z.string(),
    /** Set-up is timed beside the scenario's own steps and is no part of what it measures. */
    phase: z.enum(['set-up', 'measured']),
    transport: z.enum(transports),
    startedAt: instant,
    durationMs,
    /** Of a step in the browser: the part in which the page waited for Odoo; the rest is the page itself. */
    serverMs: durationMs.exactOptional(),
    outcome: z.enum(['passed', 'failed']),
  })
  .readonly()
  .meta({ id: 'Step' });

const actionSchema = z
  .strictObject({
    action: z.string(),
    model: z.string(),
    id: z.int().positive(),
    outcome: z.enum(['done', 'failed']),
    message: z.string().exactOptional(),
  })
  .readonly()
  .meta({ id: 'CompensationAction' });

const compensationSchema = z
  .strictObject({
    /** clean: read back, nothing open. pending: the sweep must look after the deadline. failed: Odoo refused. */
    kind: z.enum(['clean', 'pending', 'failed']),
    actions: z.array(actionSchema).readonly(),
    reason: z.string().exactOptional(),
  })
  .readonly()
  .meta({ id: 'Compensation' });

const exchangeSchema = z
  .strictObject({
    /** How long the oldest document had waited for the tenant when the run handed its own in. */
    backlogAgeMs: durationMs.exactOptional(),
    /** The others count from handing it in: until there was an order, */
    ingestionMs: durationMs.exactOptional(),
    /** until it was acknowledged, */
    acknowledgementMs: durationMs.exactOptional(),
    /** until there were orders of all documents of a burst, */
    drainMs: durationMs.exactOptional(),
    /** until the last answer had come back. */
    roundTripMs: durationMs.exactOptional(),
  })
  .readonly()
  .meta({ id: 'Exchange' });

export const runReportSchema = z
  .strictObject({
    v: z.literal(1),
    runId: z.string(),
    tenant: z.string(),
    scenario: z.string(),
    /** The scenario's declared revision: a new one starts a new baseline. */
    revision: z.int().positive(),
    transport: z.enum(transports),
    wire: z.enum(['xmlrpc', 'json2']),
    slot: z.string(),
    /** Of a fleet: which of its workers played it. */
    worker: z.string().exactOptional(),
    /** The run that had failed alone and is repeated by this one. */
    confirms: z.string().exactOptional(),
    startedAt: instant,
    finishedAt: instant,
    durationMs,
    outcome: outcomeSchema,
    steps: z.array(stepSchema).readonly(),
    documents: z.array(documentSchema).readonly(),
    /** Of a run that exchanged documents with the tenant as its trading partner. */
    exchange: exchangeSchema.exactOptional(),
    /** Of a run that failed or was inconclusive, and of one that waited long for an answer. */
    diagnosis: diagnosisSchema.exactOptional(),
    compensation: compensationSchema,
    /** Our own event loop stood still while measuring: shown, but left out of baselines. */
    contaminated: z.boolean(),
  })
  .readonly()
  .meta({ id: 'RunReport', title: 'orderwatch run report' });

export type RunReport = z.infer<typeof runReportSchema>;
export type ExchangeTimes = z.infer<typeof exchangeSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
export type StepReport = z.infer<typeof stepSchema>;
export type DocumentReference = z.infer<typeof documentSchema>;
export type Compensation = z.infer<typeof compensationSchema>;
export type CompensationAction = z.infer<typeof actionSchema>;

/** An outcome's blame decides between failed and inconclusive: only the target can fail. */
export function outcomeOf(failure: z.infer<typeof failureSchema>): Outcome {
  return { kind: failure.blame === 'target' ? 'failed' : 'inconclusive', failure };
}
