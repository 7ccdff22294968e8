/** What became of the last run of each tenant, scenario and transport in this process. */
import type { RunReport } from '../domain/report.ts';
import { type Transport, transports } from '../domain/transport.ts';
import type { Clock } from '../lib/clock.ts';
import type { RecentRuns } from './ports.ts';

/** What is older says nothing of now. */
export const RECENT_MS = 600_000;

export const otherThan = (transport: Transport): Transport =>
  transports.find((one) => one !== transport) ?? transport;

interface Recent {
  readonly atMs: number;
  /** By name. */
  readonly steps: ReadonlyMap<string, 'passed' | 'failed'>;
}

export class OwnRecentRuns implements RecentRuns {
  readonly #clock: Clock;
  readonly #last = new Map<string, Recent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ tenant, scenario, transport, steps }: RunReport): void {
    const ended = new Map(steps.map(({ name, outcome }) => [name, outcome]));
    const name = nameOf(tenant, scenario, transport);
    this.#last.set(name, { atMs: this.#clock.monotonic(), steps: ended });
  }

  overTheOther(
    { tenant, scenario, transport }: Parameters<RecentRuns['overTheOther']>[0],
    step: string,
  ): ReturnType<RecentRuns['overTheOther']> {
    const last = this.#last.get(nameOf(tenant.id, scenario, otherThan(transport)));
    const outcome = last?.steps.get(step);
    if (last === undefined || outcome === undefined) return Promise.resolve(undefined);
    const agoMs = this.#clock.monotonic() - last.atMs;
    return Promise.resolve(agoMs > RECENT_MS ? undefined : { outcome, agoMs });
  }
}

const nameOf = (...parts: readonly string[]): string => parts.join('|');
