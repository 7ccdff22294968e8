/** Results of gates that are valid and tell of something, for tests to look at and to change. */
import {
  type GatedSeries,
  type GatedStep,
  type GateResult,
  gateResultSchema,
  type Latency,
} from '../../../src/domain/gate.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import type { Transport } from '../../../src/domain/transport.ts';
import { reportOf } from './reports.ts';

const STARTED_MS = Date.parse('2026-11-23T14:00:00.000Z');

/** Nothing but a version and a promotion. */
export function gateResultOf(change: Partial<GateResult> = {}): GateResult {
  return {
    v: 1,
    gateId: '20261123T140000000Z-1',
    startedAt: '2026-11-23T14:00:00.000Z',
    finishedAt: '2026-11-23T14:02:31.000Z',
    policy: 'default',
    tenants: ['north'],
    against: 'state',
    deployment: {
      v: 1,
      id: '20261123T135912345Z-1',
      atMs: STARTED_MS - 47_655,
      version: '2026.11.3',
      commit: '4f0c2a91b7d6e35f8a1c9d2b4e6f80a1c3d5e7f9',
      source: 'gate',
      tenants: ['north'],
    },
    verdict: { kind: 'promote', code: 'sound', because: 'all that was played passed' },
    findings: [],
    series: [],
    runs: [],
    ...change,
  };
}

/** Why a result is not what the published schema says; undefined when it is. */
export function gateResultProblem(result: unknown): string | undefined {
  return gateResultSchema.safeParse(result).error?.message;
}

/** A run of a gate, the `number`th; its steps passed unless said otherwise. */
export function gatedRun(
  number: number,
  { tenant, scenario, transport }: { tenant: string; scenario: string; transport: Transport },
  change: Partial<RunReport> = {},
): RunReport {
  const slot = `20261123T1400${String(number % 60).padStart(2, '0')}000Z-${number}`;
  const startedAt = new Date(STARTED_MS + number * 4_000).toISOString();
  return reportOf({
    runId: `SYN~${tenant}~${scenario}~${transport}~${slot}`,
    tenant,
    scenario,
    transport,
    slot,
    startedAt,
    finishedAt: new Date(STARTED_MS + number * 4_000 + 2_400).toISOString(),
    ...change,
  });
}

export function playedStep(
  name: string,
  durationMs: number,
  failed = false,
): RunReport['steps'][number] {
  return {
    name,
    phase: name === 'sign in' ? 'set-up' : 'measured',
    transport: 'rpc',
    startedAt: '2026-11-23T14:00:01.000Z',
    durationMs,
    outcome: failed ? 'failed' : 'passed',
  };
}

interface Medians {
  readonly before?: number;
  readonly after?: number;
}

/** Of forty runs before and three after; the middle 90 % from a tenth less to a third more. */
export function gatedStep(step: string, { before, after }: Medians, latency: Latency): GatedStep {
  const durations = (runs: number, medianMs?: number): GatedStep['before'] =>
    medianMs === undefined
      ? { runs: 0 }
      : { runs, medianMs, lowMs: medianMs * 0.9, highMs: medianMs * 1.33 };
  return { step, before: durations(40, before), after: durations(3, after), latency };
}

const notWorse: Latency = { kind: 'not-worse', ratio: 1.01, low: 0.94, high: 1.09 };

const ORDER = { tenant: 'north', scenario: 'order-confirmation', transport: 'rpc' } as const;
const STOCK = { tenant: 'north', scenario: 'stock-reservation', transport: 'rpc' } as const;
const BROWSER = { tenant: 'north', scenario: 'order-confirmation', transport: 'browser' } as const;
const PICKING = { tenant: 'north', scenario: 'picking-validation', transport: 'rpc' } as const;

const orderSteps = [
  gatedStep('create order', { before: 212, after: 215 }, notWorse),
  gatedStep('confirm order', { before: 340, after: 338 }, notWorse),
  gatedStep('read order', { before: 41, after: 43 }, notWorse),
];

function seriesOf(
  place: Pick<GatedSeries, 'tenant' | 'scenario' | 'transport'>,
  change: Partial<GatedSeries> = {},
): GatedSeries {
  return {
    ...place,
    before: { passed: 40, failed: 0 },
    after: { passed: 3, failed: 0, inconclusive: 0, skipped: 0 },
    steps: orderSteps,
    ...change,
  };
}

const orderRun = (number: number): RunReport =>
  gatedRun(number, ORDER, {
    steps: [
      playedStep('sign in', 120),
      playedStep('create order', 214.6),
      playedStep('confirm order', 338.2),
      playedStep('read order', 43),
    ],
  });

/** Two scenarios passed, one of them with too few past runs, and one was skipped. */
export const promoted: GateResult = gateResultOf({
  verdict: { kind: 'promote', code: 'sound', because: 'all 6 runs passed, no step got slower' },
  series: [
    seriesOf(ORDER),
    seriesOf(STOCK, {
      before: { passed: 4, failed: 0 },
      steps: [
        gatedStep(
          'reserve stock',
          { before: 310, after: 290 },
          { kind: 'not-enough-data', moreRuns: 12, of: 'before' },
        ),
      ],
    }),
    seriesOf(PICKING, {
      before: { passed: 0, failed: 0 },
      after: { passed: 0, failed: 0, inconclusive: 0, skipped: 1 },
      skipped: 'the module stock is not installed',
      steps: [],
    }),
  ],
  runs: [
    ...[1, 2, 3].map(orderRun),
    ...[4, 5, 6].map((number) =>
      gatedRun(number, STOCK, { steps: [playedStep('reserve stock', 290)] }),
    ),
    gatedRun(7, PICKING, {
      outcome: { kind: 'skipped', reason: 'the module stock is not installed' },
      steps: [],
    }),
  ],
});

const failedRun = (number: number): RunReport =>
  gatedRun(number, STOCK, {
    steps: [playedStep('create order', 190), playedStep('reserve stock', 30_000, true)],
    outcome: {
      kind: 'failed',
      failure: {
        code: 'odoo.timeout',
        blame: 'target',
        layer: 'application',
        message: 'no answer to stock.picking.action_assign within 30 s',
        step: 'reserve stock',
        trace: '0123456789ab',
      },
    },
    diagnosis: {
      rule: 'application-silent',
      because: 'only the application did not answer',
      blame: 'target',
      layers: ['application'],
      observations: [],
    },
  });

const slower: Latency = { kind: 'worse', ratio: 1.62, low: 1.41, high: 1.88, confidence: 0.9987 };

/** A confirmed failure of one scenario, a step of another that got slower, and advice. */
export const rolledBack: GateResult = gateResultOf({
  policy: 'strict',
  verdict: {
    kind: 'rollback',
    code: 'failure',
    because:
      'stock-reservation fails in north at "reserve stock" with odoo.timeout, twice; it passed 40 times before',
  },
  findings: [
    {
      code: 'failure',
      says: 'rollback',
      because: 'no answer to stock.picking.action_assign within 30 s, and again when it was re-run',
      ...STOCK,
      step: 'reserve stock',
      runs: [failedRun(4).runId, failedRun(5).runId],
    },
    {
      code: 'slower',
      says: 'hold',
      because: 'takes 1.62 times as long as before, for sure',
      ...ORDER,
      step: 'confirm order',
      runs: [orderRun(1).runId, orderRun(2).runId, orderRun(3).runId],
    },
    {
      code: 'intermittent',
      says: 'advice',
      because: 'failed once with odoo.conflict and passed when it was played again',
      ...BROWSER,
      runs: [gatedRun(6, BROWSER).runId, gatedRun(7, BROWSER).runId],
    },
  ],
  series: [
    seriesOf(STOCK, {
      after: { passed: 0, failed: 2, inconclusive: 0, skipped: 0 },
      steps: ['create order', 'reserve stock', 'release stock'].map((step) =>
        gatedStep(step, { before: 205 }, { kind: 'not-enough-data', moreRuns: 3, of: 'after' }),
      ),
    }),
    seriesOf(ORDER, {
      steps: [
        gatedStep('create order', { before: 212, after: 215 }, notWorse),
        gatedStep('confirm order', { before: 340, after: 551 }, slower),
        gatedStep('read order', { before: 41, after: 43 }, notWorse),
      ],
    }),
    seriesOf(BROWSER, {
      before: { passed: 12, failed: 1 },
      after: { passed: 1, failed: 1, inconclusive: 0, skipped: 0 },
      steps: [
        gatedStep('open order form', { before: 1_830, after: 1_790 }, notWorse),
        gatedStep(
          'confirm order',
          { before: 2_410, after: 2_630 },
          { kind: 'not-enough-data', moreRuns: 7, of: 'after' },
        ),
      ],
    }),
  ],
  runs: [
    ...[1, 2, 3].map(orderRun),
    failedRun(4),
    failedRun(5),
    gatedRun(6, BROWSER, {
      steps: [playedStep('open order form', 1_790), playedStep('confirm order', 900, true)],
      outcome: {
        kind: 'failed',
        failure: {
          code: 'odoo.conflict',
          blame: 'target',
          layer: 'database',
          message: 'could not serialize access',
          step: 'confirm order',
        },
      },
    }),
    gatedRun(7, BROWSER, {
      steps: [playedStep('open order form', 1_790), playedStep('confirm order', 2_630)],
    }),
  ],
});

/** It failed alike before the deployment. */
export const alreadyBroken: GateResult = gateResultOf({
  verdict: {
    kind: 'hold',
    code: 'already-broken',
    because:
      'already broken: stock-reservation failed in north before the deployment as it does now',
  },
  findings: [
    {
      code: 'already-broken',
      says: 'hold',
      because: 'odoo.timeout at "reserve stock", as in 5 of the last 5 runs before',
      ...STOCK,
      step: 'reserve stock',
      runs: [failedRun(1).runId, failedRun(2).runId],
    },
  ],
  series: [
    seriesOf(STOCK, {
      before: { passed: 0, failed: 5 },
      after: { passed: 0, failed: 2, inconclusive: 0, skipped: 0 },
      steps: ['create order', 'reserve stock'].map((step) =>
        gatedStep(step, {}, { kind: 'not-enough-data', moreRuns: 20, of: 'before' }),
      ),
    }),
  ],
  runs: [failedRun(1), failedRun(2)],
});

/** Nobody consented to anything, and nobody told the version. */
export const nothingRan: GateResult = (() => {
  const { deployment: _, ...rest } = gateResultOf({
    tenants: ['north', 'south'],
    finishedAt: '2026-11-23T14:00:00.412Z',
    verdict: { kind: 'inconclusive', code: 'nothing-ran', because: 'nothing was played' },
    findings: [
      {
        code: 'nothing-ran',
        says: 'inconclusive',
        because: 'all scenarios were skipped in all tenants',
        runs: [],
      },
    ],
    series: ['north', 'south'].map((tenant) =>
      seriesOf(
        { ...ORDER, tenant },
        {
          before: { passed: 0, failed: 0 },
          after: { passed: 0, failed: 0, inconclusive: 0, skipped: 0 },
          skipped: 'consent is read-only',
          steps: [],
        },
      ),
    ),
  });
  return rest;
})();

/** One of each verdict, by name. */
export const gateResults: readonly (readonly [string, GateResult])[] = [
  ['promoted', promoted],
  ['rolled-back', rolledBack],
  ['already-broken', alreadyBroken],
  ['nothing-ran', nothingRan],
];
