/** What became of the last run of each tenant, scenario and transport in this process. */
import type { RunReport } from '../domain/report.ts';
import { transports } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';

/** What is older says nothing of now. */
const RECENT_MS = 600_000;

interface Recent {
  readonly atMs: number;
  /** By name. */
  readonly steps: ReadonlyMap<string, 'passed' | 'failed'>;
}

export class RecentRuns {
  readonly #clock: Clock;
  readonly #last = new Map<string, Recent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(report: RunReport): void {
    // No more than that: a fleet has thousands of series.
    const steps = new Map(report.steps.map(({ name, outcome }) => [name, outcome]));
    this.#last.set(nameOf(report), { atMs: this.#clock.monotonic(), steps });
  }

  /** How this step last ended over the other transport, and how long ago; undefined when that is not known any more. */
  overTheOther(
    run: Pick<RunReport, 'tenant' | 'scenario' | 'transport'>,
    step: string,
  ): { readonly outcome: 'passed' | 'failed'; readonly agoMs: number } | undefined {
    const [other = run.transport] = transports.filter((one) => one !== run.transport);
    const last = this.#last.get(nameOf({ ...run, transport: other }));
    const outcome = last?.steps.get(step);
    if (last === undefined || outcome === undefined) return undefined;
    const agoMs = this.#clock.monotonic() - last.atMs;
    return agoMs > RECENT_MS ? undefined : { outcome, agoMs };
  }
}

const nameOf = (run: Pick<RunReport, 'tenant' | 'scenario' | 'transport'>): string =>
  `${run.tenant}|${run.scenario}|${run.transport}`;
