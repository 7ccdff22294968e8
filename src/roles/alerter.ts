/**
 * Makes incidents of what the observers see wrong. Of all observers one leads: it looks at every partition, for a cause may
 * reach over several, keeps what it finds, asks for second runs, and only then tells the sinks.
 */
import type { Alerting, TurnInput } from '../alerting/alerting.ts';
import type { Confirmation } from '../alerting/confirm.ts';
import type { Deliverer } from '../alerting/deliver.ts';
import { isPlanned } from '../domain/history.ts';
import { scenarioId, tenantId } from '../domain/ids.ts';
import type { Incident, Trouble } from '../domain/incident.ts';
import { type RunRequest, runRequestOf } from '../domain/run-request.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../lib/clock.ts';
import type { Producer } from '../queue/producer.ts';
import type { Folds } from '../store/folds.ts';
import type { History } from '../store/history.ts';
import { type Incidents, RECENT_MS } from '../store/incidents.ts';
import type { Leader, Leadership } from '../store/leader.ts';
import { TROUBLES, troublesOf } from './partition-watch.ts';

/** A leader that stops asking is replaced after this. */
const LEAD_MS = 5_000;
const TURN_MS = 1_000;
/** Before the scheduled runs, after the gate's. */
const PRIORITY = 500;

const LEADER = 'alerting';

export interface AlerterParts {
  readonly clock: Clock;
  readonly leader: Leader;
  readonly folds: Folds;
  readonly incidents: Incidents;
  readonly history: History;
  readonly producer: Producer;
  readonly alerting: Alerting;
  readonly deliverer: Deliverer;
  /** As configured now. */
  readonly tenants: () => readonly Tenant[];
  /** Rejects with Failed `state.unusable`. */
  readonly circumstances: () => Promise<Pick<TurnInput, 'deployments' | 'silences'>>;
  /** Told of every turn that could not do its work; the next one tries again. */
  readonly onTrouble: (error: unknown) => void;
}

export class Alerter {
  readonly #parts: AlerterParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #token: number | undefined;
  #turnedMs: number | undefined;
  /** Open, and ended not long ago; by id. */
  #known = new Map<string, Incident>();

  constructor(parts: AlerterParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.deliverer.start();
    this.#running = this.#run();
  }

  /** Somebody else may lead at once. Never throws. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#parts.deliverer.stop();
    if (this.#token !== undefined) await this.#parts.leader.resign(LEADER).catch(() => undefined);
  }

  /** Those that are not over; none of somebody who does not lead. */
  open(): readonly Incident[] {
    return [...this.#known.values()].filter(({ resolvedMs }) => resolvedMs === undefined);
  }

  /** When it last did all its work, epoch milliseconds; undefined of somebody who does not lead. */
  get turnedMs(): number | undefined {
    return this.#turnedMs;
  }

  /** One look at everything. Never throws. */
  async turn(): Promise<void> {
    try {
      const lead = await this.#parts.leader.lead(LEADER, LEAD_MS);
      if (lead === undefined) this.#rest();
      else await this.#lead(lead);
    } catch (error) {
      this.#parts.onTrouble(error);
    }
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.turn();
      await this.#parts.clock.sleep(TURN_MS, this.#stop.signal).catch(() => undefined);
    }
  }

  #rest(): void {
    if (this.#token === undefined) return;
    this.#token = undefined;
    this.#turnedMs = undefined;
    this.#known.clear();
    this.#parts.deliverer.rest();
  }

  async #lead({ token, endMs }: Leadership): Promise<void> {
    const { clock, incidents, alerting, deliverer, tenants } = this.#parts;
    const nowMs = clock.now();
    if (token !== this.#token) {
      const current = await incidents.current();
      this.#known = new Map(current.map((incident) => [incident.id, incident]));
      deliverer.resume([...this.#known.values()]);
      this.#token = token;
    }
    const troubles = await this.#troubles();
    const found = alerting.turn({
      nowMs,
      troubles,
      tenants: tenants(),
      ...(await this.#parts.circumstances()),
      open: this.open(),
      recent: this.#recent(nowMs),
      critical: (tenant, scenario) => isCritical(tenants(), tenant, scenario),
    });
    for (const incident of found.incidents) {
      // Somebody else may lead by now, and have found the same.
      if (clock.monotonic() >= endMs) return;
      await incidents.put(incident);
      this.#known.set(incident.id, incident);
    }
    deliverer.take(found);
    for (const confirmation of found.confirmations) await this.#ask(confirmation, troubles);
    this.#turnedMs = nowMs;
  }

  #recent(nowMs: number): readonly Incident[] {
    for (const { id, resolvedMs } of this.#known.values()) {
      if (resolvedMs !== undefined && resolvedMs < nowMs - RECENT_MS) this.#known.delete(id);
    }
    return [...this.#known.values()].filter(({ resolvedMs }) => resolvedMs !== undefined);
  }

  async #troubles(): Promise<readonly Trouble[]> {
    const { folds, tenants } = this.#parts;
    const partitions = [...new Set(tenants().map(({ platform }) => platform.cluster))];
    const all = await Promise.all(partitions.map((name) => folds.value(name, TROUBLES)));
    return all.flatMap(troublesOf);
  }

  /** At the next second at which nothing else of the series is due, for a slot names one run. */
  async #ask(confirmation: Confirmation, troubles: readonly Trouble[]): Promise<void> {
    const { clock, history, producer } = this.#parts;
    const { transport } = confirmation;
    const trouble = troubles.find(
      (one) =>
        one.tenant === confirmation.tenant &&
        one.scenario === confirmation.scenario &&
        one.transport === transport,
    );
    if (trouble?.runId === undefined) return;
    const { runId, worker } = trouble;
    const series = {
      tenant: tenantId(trouble.tenant),
      scenario: scenarioId(trouble.scenario),
      transport,
    };
    const records = await history.recent();
    let slotMs = Math.ceil(clock.now() / 1_000) * 1_000;
    while (isPlanned(records, { ...series, slotMs })) slotMs += 1_000;
    const request: RunRequest = {
      ...runRequestOf({ ...series, slotMs }),
      confirms: { runId, ...(worker === undefined ? {} : { worker }) },
    };
    await producer.add([{ request, dueMs: slotMs, priority: PRIORITY }]);
  }
}

function isCritical(tenants: readonly Tenant[], tenant: string, scenario: string): boolean {
  const objectives = tenants.find(({ id }) => id === tenant)?.objectives ?? [];
  return objectives.some(
    ({ level, scenarios }) => level === 'critical' && scenarios.includes(scenario),
  );
}
