/** Troubles, as the observers see them now, and incidents: troubles with one probable cause and one scope. */
import { z } from 'zod';
import { layerSchema } from './failure.ts';
import { transports } from './transport.ts';

const ms = z.number().nonnegative();
const instant = z.int().nonnegative();

/** What is wrong now with one tenant, scenario and transport. Never ours: only what is the target's comes so far. */
export const troubleSchema = z
  .strictObject({
    tenant: z.string(),
    scenario: z.string(),
    transport: z.enum(transports),
    step: z.string(),
    /** Runs fail; most take longer; or a few take far longer. */
    kind: z.enum(['failures', 'latency', 'tail']),
    /** 1 or more is an alert. Below that a run that failed alone, which a second one is to confirm. */
    score: z.number().nonnegative(),
    /** When it began, and when a run last showed it. */
    sinceMs: instant,
    atMs: instant,
    /** Of the last runs since it began. */
    runs: z.strictObject({ bad: z.int().nonnegative(), of: z.int().nonnegative() }).readonly(),
    /** Of the last bad run that could tell. Most likely first; none where nothing was seen. */
    layers: z.array(layerSchema).readonly(),
    /** In words what was seen, such as `lock waits`. */
    because: z.string(),
    /** Of a run that failed. */
    code: z.string().exactOptional(),
    /** Of that run, and the worker that played it. */
    runId: z.string().exactOptional(),
    worker: z.string().exactOptional(),
    /** Of the step when it is slow. */
    slow: z
      .strictObject({
        ratio: z.number().positive(),
        nowMs: ms,
        lowMs: ms,
        highMs: ms,
        /** What is usual when, such as `a business day at 16:30`. */
        words: z.string(),
      })
      .readonly()
      .exactOptional(),
    /** The database host whose tenants are all in the same trouble, in the detector's opinion. */
    sharedHost: z.string().exactOptional(),
  })
  .readonly()
  .meta({ id: 'Trouble' });

export type Trouble = z.infer<typeof troubleSchema>;

const scopeSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('step'),
        tenant: z.string(),
        scenario: z.string(),
        step: z.string(),
      })
      .readonly(),
    z.strictObject({ kind: z.literal('tenant'), tenant: z.string() }).readonly(),
    z
      .strictObject({
        kind: z.literal('platform'),
        part: z.enum(['databaseHost', 'cluster']),
        name: z.string(),
      })
      .readonly(),
    z.strictObject({ kind: z.literal('fleet') }).readonly(),
  ])
  .meta({ id: 'Scope' });

export type Scope = z.infer<typeof scopeSchema>;

/** Who is asked first. */
export const owners = ['erp-support', 'platform', 'dba', 'integration'] as const;

const suspectSchema = z
  .strictObject({
    deployment: z.string(),
    version: z.string(),
    atMs: instant,
    /** 0 to 1, for their order alone. */
    weight: z.number().min(0).max(1),
    /** In words: how long before, whom it touched, what before and after say. */
    because: z.string(),
  })
  .readonly()
  .meta({ id: 'Suspect' });

export type Suspect = z.infer<typeof suspectSchema>;

/** What a stage did with it and why; the first of equal ones only. */
const decisionSchema = z
  .strictObject({
    atMs: instant,
    stage: z.enum(['silence', 'confirm', 'correlate', 'dedupe', 'route', 'deliver']),
    decision: z.string(),
    because: z.string(),
  })
  .readonly()
  .meta({ id: 'Decision' });

export type Decision = z.infer<typeof decisionSchema>;

export const incidentSchema = z
  .strictObject({
    v: z.literal(1),
    /** Sorts by time: when it was found, and a counter. */
    id: z.string().regex(/^\d{8}T\d{9}Z-\d+$/),
    scope: scopeSchema,
    /** When the first of its troubles began, when it was found, and when it was over. */
    beganMs: instant,
    foundMs: instant,
    resolvedMs: instant.exactOptional(),
    severity: z.enum(['page', 'ticket', 'info']),
    owner: z.enum(owners),
    layers: z.array(layerSchema).readonly(),
    /** As they were last seen, the gravest first. */
    parts: z.array(troubleSchema).min(1).readonly(),
    /** The most probable first; none is `no recorded change`. */
    suspects: z.array(suspectSchema).readonly(),
    /** One line, and what a person needs to act on it. */
    title: z.string(),
    text: z.string(),
    silenced: z.boolean(),
    decisions: z.array(decisionSchema).readonly(),
  })
  .readonly()
  .meta({ id: 'Incident', title: 'orderwatch incident' });

export type Incident = z.infer<typeof incidentSchema>;
