/** Hands notices to all sinks, each in a lane of its own, so that a dead one delays neither the others nor the turn. */
import type { Incident } from '../domain/incident.ts';
import type { Clock } from '../lib/clock.ts';
import { Lane, type LaneCounts } from './lane.ts';
import type { Notice } from './notice.ts';
import type { Sink } from './sink.ts';

/** So long after its end an incident is still told as over to sinks that may have missed it. */
const STILL_TOLD_MS = 300_000;

interface DelivererParts {
  readonly sinks: readonly Sink[];
  readonly clock: Clock;
  /** Told of each attempt that failed. */
  readonly onTrouble: (sink: string, error: unknown) => void;
}

export class Deliverer {
  readonly #lanes: readonly Lane[];
  readonly #clock: Clock;

  constructor({ sinks, clock, onTrouble }: DelivererParts) {
    this.#clock = clock;
    this.#lanes = sinks.map((sink) => new Lane({ sink, clock, onTrouble }));
  }

  start(): void {
    for (const lane of this.#lanes) lane.start();
  }

  /**
   * For who has just begun to lead: what fires is told once more, and what ended in the last five minutes as over. Sinks
   * tell by the notice's key what they know already. What was waiting before is forgotten.
   */
  resume(incidents: readonly Incident[]): void {
    const nowMs = this.#clock.now();
    const told = incidents.filter(({ silenced }) => !silenced);
    const notices = told.flatMap((incident): readonly Notice[] => {
      if (incident.resolvedMs === undefined) return [{ incident, state: 'firing' }];
      const isFresh = incident.resolvedMs >= nowMs - STILL_TOLD_MS;
      return isFresh ? [{ incident, state: 'resolved' }] : [];
    });
    for (const lane of this.#lanes) lane.resume(notices);
  }

  /** For who leads no more: nothing is sent until `resume`. */
  rest(): void {
    for (const lane of this.#lanes) lane.resume([]);
  }

  /** What a turn found. Only once it is stored: what is not, the next turn finds again. Never waits. */
  take(found: {
    readonly incidents: readonly Incident[];
    readonly notices: readonly Notice[];
  }): void {
    for (const lane of this.#lanes) lane.take(found);
  }

  /** By sink, since the process began: notices that it took, attempts that failed, notices that were given up. */
  counts(): readonly (LaneCounts & { readonly sink: string })[] {
    return this.#lanes.map((lane) => ({ sink: lane.name, ...lane.counts }));
  }

  /** Whoever leads next tells what was not told. Never throws. */
  async stop(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
  }
}
