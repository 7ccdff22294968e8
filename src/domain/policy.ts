/** What a gate promises before it lets a deployment through: when to roll back, what must have been played. */
import { type ScenarioId, scenarioId } from './ids.ts';

export const grounds = ['failure', 'lost-capability', 'slower'] as const;
/** `failure` counts once a re-run has confirmed it, `slower` once it is sure. */
export type Ground = (typeof grounds)[number];

/** The first that fits scenario and step decides. */
export interface Criterion {
  readonly on: Ground;
  /** Any when absent. */
  readonly scenarios?: readonly ScenarioId[];
  /** Any when absent, also a failure that happened in no step. */
  readonly steps?: readonly string[];
  /** `blocking` rolls back, `advisory` is only said. */
  readonly level: 'blocking' | 'advisory';
}

export interface Policy {
  readonly name: string;
  readonly rollback: readonly Criterion[];
  readonly coverage: {
    /** Of all that is played and not skipped so much must have ended as passed or failed, from 0 to 1. */
    readonly ratio: number;
    /** These may not be skipped. */
    readonly scenarios: readonly ScenarioId[];
  };
  /** Whether too little data about latency is in the way of a promotion. */
  readonly requireLatency: boolean;
  /** The least ratio of durations, after to before, that is called worse; above 1. */
  readonly worseBy: number;
  /** Of each tenant, scenario and transport. */
  readonly runs: number;
}

/** What a distributor cannot work without, the quickest to tell first. */
const CRITICAL = [
  'order-confirmation',
  'stock-reservation',
  'picking-validation',
  'invoice-posting',
  'edi-exchange',
].map(scenarioId);

/** Any failure rolls back, and so does a lost capability; who is slower for sure is held. */
export const DEFAULT_POLICY: Policy = {
  name: 'default',
  rollback: [
    { on: 'failure', scenarios: CRITICAL, level: 'blocking' },
    { on: 'failure', level: 'blocking' },
    { on: 'lost-capability', level: 'blocking' },
  ],
  coverage: { ratio: 1, scenarios: [] },
  requireLatency: false,
  worseBy: 1.15,
  runs: 3,
};

/** Undefined where no criterion fits. */
export function criterionFor(
  { rollback }: Policy,
  on: Ground,
  { scenario, step }: { readonly scenario: string; readonly step?: string | undefined },
): Criterion | undefined {
  return rollback.find(
    (one) =>
      one.on === on &&
      one.scenarios?.some((id) => id === scenario) !== false &&
      (one.steps === undefined || (step !== undefined && one.steps.includes(step))),
  );
}
