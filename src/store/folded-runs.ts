/** What became of the last runs of a fleet, whichever process played them, by what its observers folded. */
import { runSeriesSchema } from '../analysis/sli.ts';
import type { RecentRuns } from '../engine/ports.ts';
import { otherThan, RECENT_MS } from '../engine/recent-runs.ts';
import type { Clock } from '../lib/clock.ts';
import type { Folds } from './folds.ts';

export class FoldedRuns implements RecentRuns {
  readonly #folds: Folds;
  readonly #clock: Clock;

  constructor(folds: Folds, clock: Clock) {
    this.#folds = folds;
    this.#clock = clock;
  }

  /** The observers note it. */
  note(): void {
    // Nothing of one's own.
  }

  async overTheOther(
    { tenant, scenario, transport }: Parameters<RecentRuns['overTheOther']>[0],
    step: string,
  ): ReturnType<RecentRuns['overTheOther']> {
    const name = `run|${tenant.id}|${scenario}|${otherThan(transport)}`;
    const series = runSeriesSchema.safeParse(
      await this.#folds.value(tenant.platform.cluster, name),
    ).data;
    if (series?.last === undefined) return undefined;
    const { passed, failedAt, finishedMs } = series.last;
    const agoMs = Math.max(0, this.#clock.now() - finishedMs);
    if (agoMs > RECENT_MS) return undefined;
    if (failedAt === step) return { outcome: 'failed', agoMs };
    return passed && series.steps[step] !== undefined ? { outcome: 'passed', agoMs } : undefined;
  }
}
