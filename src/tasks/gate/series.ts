/** One tenant's scenario over one transport in a gate: what it is compared with, and what it has played so far. */
import { resolvedRuns } from '../../analysis/gate/attempts.ts';
import { skippedBecause } from '../../analysis/gate/coverage.ts';
import type { Timings } from '../../analysis/gate/latency.ts';
import type { SeriesSeen } from '../../analysis/gate/series.ts';
import { reachOf } from '../../domain/back-off.ts';
import type { GatedSeries, GatedStep } from '../../domain/gate.ts';
import { type PastRun, pastRunsOf, type Series } from '../../domain/past-run.ts';
import type { RunReport } from '../../domain/report.ts';
import type { Wanted } from '../run.ts';

/** Of one series on either side of the deployment, oldest first. */
export interface Past {
  readonly before: readonly PastRun[];
  /** By others, after it. */
  readonly after: readonly PastRun[];
}

export class GateSeries {
  readonly wanted: Wanted;
  readonly #past: Past;
  readonly #runs: RunReport[] = [];
  readonly #control: RunReport[] = [];

  constructor(wanted: Wanted, past: Past) {
    this.wanted = wanted;
    this.#past = past;
  }

  get series(): Series {
    const { tenant, scenario, transport } = this.wanted;
    return { tenant: tenant.id, scenario: scenario.id, transport };
  }

  /** A run that was stopped says nothing and counts as not played. */
  note(report: RunReport): void {
    if (!wasStopped(report)) this.#runs.push(report);
  }

  /** Of the same in the tenant that it is compared with. */
  noteControl(report: RunReport): void {
    if (!wasStopped(report)) this.#control.push(report);
  }

  /** Whether the last run has to be repeated. */
  get isOpen(): boolean {
    return resolvedRuns(this.#runs).at(-1)?.kind === 'open';
  }

  /** Whether the last run could not reach its tenant at all. */
  get isDown(): boolean {
    const outcome = this.#runs.at(-1)?.outcome;
    return outcome !== undefined && reachOf(outcome) === 'down';
  }

  /** Whether more rounds can tell more. */
  get isWorthwhile(): boolean {
    return resolvedRuns(this.#runs).every(
      ({ kind }) => kind === 'passed' || kind === 'intermittent',
    );
  }

  get seen(): SeriesSeen {
    return { ...this.series, before: this.#before, runs: this.#runs };
  }

  get timings(): Timings {
    const { tenant, scenario } = this.wanted;
    const { steps, revision } = scenario;
    const after = [...this.#past.after, ...pastRunsOf(this.#runs)];
    const { timeZone } = tenant;
    return { ...this.series, timeZone, steps, revision, before: this.#before, after };
  }

  result(steps: readonly GatedStep[]): GatedSeries {
    const skipped = skippedBecause(this.seen);
    const count = (kind: RunReport['outcome']['kind']): number =>
      this.#runs.filter(({ outcome }) => outcome.kind === kind).length;
    const failed = this.#before.filter(({ failure }) => failure !== undefined).length;
    return {
      ...this.series,
      before: { passed: this.#before.length - failed, failed },
      after: {
        passed: count('passed'),
        failed: count('failed'),
        inconclusive: count('inconclusive'),
        skipped: count('skipped'),
      },
      ...(skipped === undefined ? {} : { skipped }),
      steps,
    };
  }

  get #before(): readonly PastRun[] {
    return [...this.#past.before, ...pastRunsOf(this.#control)];
  }
}

function wasStopped({ outcome }: RunReport): boolean {
  return outcome.kind === 'inconclusive' && outcome.failure.code === 'run.interrupted';
}
