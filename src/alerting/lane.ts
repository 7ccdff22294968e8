/** The way to one sink: what waits for it, bounded; attempts with growing pauses; what fires, to be sent again in time. */
import type { Incident } from '../domain/incident.ts';
import type { Clock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { isA } from '../lib/thrown.ts';
import { isFiring, keyOfNotice, type Notice } from './notice.ts';
import { Refused, type Sink } from './sink.ts';

const MOST_WAITING = 1_000;
const SEND_MS = 10_000;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export interface LaneCounts {
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
}

interface LaneParts {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly onTrouble: (sink: string, error: unknown) => void;
}

/** What fires, and when it was last handed over to be sent. */
interface Firing {
  readonly incident: Incident;
  readonly sentMs: number;
}

export class Lane {
  readonly #parts: LaneParts;
  /** By id, so a newer state takes the place of one that was not sent yet. */
  readonly #waiting = new Map<string, Notice>();
  readonly #firing = new Map<string, Firing>();
  readonly #stop = new AbortController();
  readonly #counts = { delivered: 0, failed: 0, dropped: 0 };
  #running: Promise<void> | undefined;
  #wake = (): void => undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.sink.name;
  }

  get counts(): LaneCounts {
    return this.#counts;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  /** In place of all that was known. */
  resume(notices: readonly Notice[]): void {
    this.#waiting.clear();
    this.#firing.clear();
    this.take({ incidents: [], notices });
  }

  take({
    incidents,
    notices,
  }: {
    readonly incidents: readonly Incident[];
    readonly notices: readonly Notice[];
  }): void {
    for (const notice of notices) this.#put(notice);
    for (const incident of incidents) this.#refresh(incident);
    this.#wake();
  }

  #put(notice: Notice): void {
    const { id } = notice.incident;
    if (notice.state === 'resolved') this.#firing.delete(id);
    else this.#firing.set(id, { incident: notice.incident, sentMs: this.#parts.clock.now() });
    this.#waiting.set(id, notice);
    if (this.#waiting.size <= MOST_WAITING) return;
    const [oldest] = this.#waiting.keys();
    if (oldest === undefined) return;
    this.#waiting.delete(oldest);
    this.#counts.dropped += 1;
  }

  /** What is sent later says what is known then. */
  #refresh(incident: Incident): void {
    const { id } = incident;
    const known = this.#firing.get(id);
    if (known === undefined || !isFiring(incident)) return;
    this.#firing.set(id, { ...known, incident });
    if (this.#waiting.has(id)) this.#waiting.set(id, { incident, state: 'firing' });
  }

  async #run(): Promise<void> {
    const { clock, sink } = this.#parts;
    const { signal } = this.#stop;
    let pauseMs = SHORTEST_PAUSE_MS;
    while (!signal.aborted) {
      this.#putDue();
      const batch = [...this.#waiting.values()].slice(0, sink.most);
      if (batch.length === 0) {
        await this.#idle();
      } else if (await this.#attempt(batch)) {
        pauseMs = SHORTEST_PAUSE_MS;
      } else {
        await clock.sleep(pauseMs, signal).catch(() => undefined);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  /** False when it is to be tried again. */
  async #attempt(batch: readonly Notice[]): Promise<boolean> {
    const { clock, sink, onTrouble } = this.#parts;
    try {
      await within(clock, SEND_MS, this.#stop.signal, (signal) => sink.send(batch, signal));
      this.#counts.delivered += batch.length;
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      this.#counts.failed += 1;
      onTrouble(sink.name, error);
      if (!isA(error, Refused)) {
        this.#putLast(batch);
        return false;
      }
      this.#counts.dropped += batch.length;
    }
    for (const notice of batch) this.#forget(notice);
    return true;
  }

  /** What may never be taken lets others go first. */
  #putLast(batch: readonly Notice[]): void {
    for (const { incident } of batch) {
      const waiting = this.#waiting.get(incident.id);
      if (waiting === undefined) continue;
      this.#waiting.delete(incident.id);
      this.#waiting.set(incident.id, waiting);
    }
  }

  /** Unless there is newer news of it meanwhile. */
  #forget(notice: Notice): void {
    const { id } = notice.incident;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || keyOfNotice(waiting) !== keyOfNotice(notice)) return;
    this.#waiting.delete(id);
  }

  #putDue(): void {
    const { sink, clock } = this.#parts;
    if (sink.resendMs === undefined) return;
    const dueMs = clock.now() - sink.resendMs;
    for (const [id, { incident, sentMs }] of this.#firing) {
      if (sentMs <= dueMs && !this.#waiting.has(id)) this.#put({ incident, state: 'firing' });
    }
  }

  /** Until something is put, or due again. */
  async #idle(): Promise<void> {
    const { clock, sink } = this.#parts;
    const first = Math.min(...[...this.#firing.values()].map(({ sentMs }) => sentMs));
    const dueMs = first + (sink.resendMs ?? Infinity) - clock.now();
    await new Promise<void>((resolve) => {
      const cancel = clock.after(Math.min(LONGEST_PAUSE_MS, Math.max(1, dueMs)), resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
