/** What a gate found out about a deployment. The schema is the published one; the types follow from it. */
import { z } from 'zod';
import { deploymentSchema } from './deployment.ts';
import { runReportSchema } from './report.ts';
import { transports } from './transport.ts';

export const verdictKinds = ['promote', 'rollback', 'hold', 'inconclusive'] as const;
const ms = z.number().nonnegative();
const count = z.int().nonnegative();
const instant = z.iso.datetime();

/** What was found, and what it says for itself; `advice` is in nobody's way. */
const findings = {
  /** A scenario failed, and its re-run too. */
  failure: 'a criterion of the policy decides: rollback or advice; hold where none fits',
  'lost-capability': 'as with failure',
  /** A step takes longer for sure. */
  slower: 'rollback or advice where a criterion says so, else hold',
  /** It failed, and had failed alike before the deployment. */
  'already-broken': 'hold',
  /** It failed and passed when it was played again; more than once in one gate is a hold. */
  intermittent: 'advice or hold',
  /** It failed, and its re-run could not tell. */
  'not-confirmed': 'inconclusive',
  /** Ours, or it could not be told. */
  'our-side': 'inconclusive',
  /** What a run made is not undone yet. */
  'not-undone': 'inconclusive',
  /** Too few of the runs that the policy wants came to a result, or a scenario it wants was skipped. */
  coverage: 'inconclusive',
  /** About a latency that the policy requires to be known. */
  'too-little-data': 'inconclusive',
  'nothing-ran': 'inconclusive',
  'timed-out': 'inconclusive',
  interrupted: 'inconclusive',
} as const;

const findingCodes = Object.keys(findings) as [keyof typeof findings, ...(keyof typeof findings)[]];

/** What a finding says for itself, the gravest first. */
export const gravity = ['rollback', 'hold', 'inconclusive', 'advice'] as const;

const findingSchema = z
  .strictObject({
    code: z.enum(findingCodes),
    says: z.enum(gravity),
    /** In words, for people. */
    because: z.string(),
    tenant: z.string().exactOptional(),
    scenario: z.string().exactOptional(),
    transport: z.enum(transports).exactOptional(),
    step: z.string().exactOptional(),
    /** Run ids that show it. */
    runs: z.array(z.string()).readonly(),
  })
  .readonly()
  .meta({ id: 'Finding' });

/** Ratios are after to before: 1.5 is half as long again. The interval is where the true ratio lies with `confidence`. */
const interval = {
  ratio: z.number().positive(),
  low: z.number().positive(),
  high: z.number().positive(),
};

const latencySchema = z
  .discriminatedUnion('kind', [
    /** `confidence` (0 to 1) that it is slower at all, all comparisons of the gate taken together. */
    z.strictObject({ kind: z.literal('worse'), ...interval, confidence: z.number() }).readonly(),
    z.strictObject({ kind: z.literal('not-worse'), ...interval }).readonly(),
    z
      .strictObject({
        kind: z.literal('not-enough-data'),
        /** Of this side so many more would do, as far as can be told. */
        moreRuns: z.int().positive(),
        of: z.enum(['before', 'after']),
      })
      .readonly(),
  ])
  .meta({ id: 'Latency' });

/** Of the runs that passed and were measured undisturbed. */
const durationsSchema = z
  .strictObject({
    runs: count,
    /** The middle, and where nine of ten lie; absent without runs. */
    medianMs: ms.exactOptional(),
    lowMs: ms.exactOptional(),
    highMs: ms.exactOptional(),
  })
  .readonly();

const stepSchema = z
  .strictObject({
    step: z.string(),
    before: durationsSchema,
    after: durationsSchema,
    latency: latencySchema,
  })
  .readonly();

const outcomesSchema = z
  .strictObject({ passed: count, failed: count, inconclusive: count, skipped: count })
  .readonly();

const seriesSchema = z
  .strictObject({
    tenant: z.string(),
    scenario: z.string(),
    transport: z.enum(transports),
    /** Of the past runs that it is compared with. */
    before: z.strictObject({ passed: count, failed: count }).readonly(),
    after: outcomesSchema,
    /** Why it was not played; absent otherwise. */
    skipped: z.string().exactOptional(),
    /** In the scenario's order. */
    steps: z.array(stepSchema).readonly(),
  })
  .readonly()
  .meta({ id: 'GatedSeries' });

export const gateResultSchema = z
  .strictObject({
    v: z.literal(1),
    /** Sorts by time. */
    gateId: z.string().regex(/^\d{8}T\d{9}Z-\d+$/),
    startedAt: instant,
    finishedAt: instant,
    policy: z.string(),
    tenants: z.array(z.string()).readonly(),
    /** What the runs are compared with: `state`, `tenant:ID` or `file:PATH`. */
    against: z.string(),
    /** Absent when nobody told the version. */
    deployment: deploymentSchema.exactOptional(),
    verdict: z
      .strictObject({
        kind: z.enum(verdictKinds),
        /** Of the finding that decides; `sound` of a promotion. */
        code: z.enum(['sound', ...findingCodes]),
        because: z.string(),
      })
      .readonly(),
    /** The gravest first. */
    findings: z.array(findingSchema).readonly(),
    series: z.array(seriesSchema).readonly(),
    /** All that were played, re-runs too, in their order. */
    runs: z.array(runReportSchema).readonly(),
  })
  .readonly()
  .meta({ id: 'GateResult', title: 'orderwatch gate --json' });

export type GateResult = z.infer<typeof gateResultSchema>;
export type Verdict = GateResult['verdict'];
export type Finding = z.infer<typeof findingSchema>;
export type Latency = z.infer<typeof latencySchema>;
export type Durations = z.infer<typeof durationsSchema>;
export type GatedStep = z.infer<typeof stepSchema>;
export type GatedSeries = z.infer<typeof seriesSchema>;
