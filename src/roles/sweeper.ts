/**
 * Finishes what dead runs left, in several tenants at once: in each once a minute, and at once where a journal says that a
 * run is dead. While it leads, nobody else of the fleet looks; every tenant's own lease keeps runs and sweeps apart.
 */
import { setMaxListeners } from 'node:events';
import type { RunId } from '../domain/ids.ts';
import { isOverdue } from '../domain/limits.ts';
import type { Tenant } from '../domain/tenant.ts';
import { LONGEST_VISIT_MS } from '../engine/visit.ts';
import { type Clock, steadyClock } from '../lib/clock.ts';
import { within } from '../lib/deadline.ts';
import { groupBy } from '../lib/group.ts';
import type { Deadlines } from '../store/journals.ts';
import type { Leader } from '../store/leader.ts';
import { type LookParts, lookAt } from './look.ts';

const LEADER = 'sweeper';
/** A sweeper that stops asking is replaced after this. */
const LEAD_MS = 15_000;
const TURN_MS = 5_000;
/** Each tenant is looked at so long after its last look. */
const EVERY_MS = 60_000;

/** Looks at once, and how many of them may be at tenants that were slow or did not answer the last time. */
const PLACES = 16;
const SLOW_PLACES = 8;
/** Who took longer is slow. */
const SLOW_MS = 10_000;
/** A look at others is given up after this, so that half of the places is never held for longer. */
const QUICK_MS = 30_000;

export interface SweeperParts extends LookParts {
  readonly leader: Pick<Leader, 'lead' | 'resign'>;
  /** Of the runs whose journals are open. */
  readonly deadlines: Deadlines;
  /** As configured now. */
  readonly tenants: () => readonly Tenant[];
  /** Told of what could not be done; the next turn tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/** A time of day that was found right when the lead was given, and when the lead ends by the clock that never jumps. */
interface Lead {
  readonly clock: Clock;
  readonly endMs: number;
}

export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #stop = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  /** When each tenant's last look ended, by the clock that never jumps. */
  readonly #lookedMs = new Map<string, number>();
  readonly #slow = new Set<string>();
  /** Tenants whose turn it is, the first one first. */
  #waiting: readonly Tenant[] = [];
  /** Of each tenant, those that no look has followed yet. */
  #dead: ReadonlyMap<string, readonly RunId[]> = new Map();
  /** Each dead run asks for one look: where that fails, the next minute will do. */
  #followed = new Set<RunId>();
  #lead: Lead | undefined;
  #running: Promise<void> | undefined;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    // Every look listens to it: many, and no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** A sweep under way ends after the call to Odoo that it waits for. Never throws. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.idle();
    await this.#parts.leader.resign(LEADER).catch(() => undefined);
  }

  /** Begins to look at every tenant whose turn it is, if nobody else leads; does not wait for the looks. Never throws. */
  async turn(): Promise<void> {
    const { engine, leader, onTrouble } = this.#parts;
    try {
      // Before the lead is given: it is given only where the time is right.
      const clock = steadyClock(engine.clock);
      const lead = await leader.lead(LEADER, LEAD_MS);
      this.#lead = lead && { clock, endMs: lead.endMs };
      if (this.#lead === undefined) return;
      await this.#findDead(clock.now());
      this.#waiting = this.#due();
      this.#fill();
    } catch (error) {
      onTrouble(error);
    }
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.turn();
      await this.#parts.engine.clock.sleep(TURN_MS, signal).catch(() => undefined);
    }
  }

  async #findDead(nowMs: number): Promise<void> {
    const { tenants, deadlines } = this.#parts;
    const limits = new Map(tenants().map((tenant) => [tenant.id, tenant.limits]));
    const open = await deadlines();
    const known = new Set(open.map(({ runId }) => runId));
    this.#followed = new Set([...this.#followed].filter((runId) => known.has(runId)));
    const dead = open.filter(({ runId, tenant, deadlineMs }) => {
      const own = limits.get(tenant);
      return own !== undefined && isOverdue(deadlineMs, own, nowMs) && !this.#followed.has(runId);
    });
    const groups = groupBy(dead, ({ tenant }) => tenant);
    this.#dead = new Map([...groups].map(([id, runs]) => [id, runs.map(({ runId }) => runId)]));
  }

  /** First who has dead runs, then who was looked at longest ago. */
  #due(): readonly Tenant[] {
    const nowMs = this.#parts.engine.clock.monotonic();
    const lookedMs = ({ id }: Tenant): number =>
      this.#dead.has(id) ? -Infinity : (this.#lookedMs.get(id) ?? -Number.MAX_VALUE);
    return this.#parts
      .tenants()
      .filter((one) => !this.#underWay.has(one.id) && nowMs - lookedMs(one) >= EVERY_MS)
      .toSorted((one, other) => (lookedMs(one) < lookedMs(other) ? -1 : 1));
  }

  #fill(): void {
    const lead = this.#lead;
    if (lead === undefined) return;
    for (const tenant of this.#waiting) {
      if (this.#stop.signal.aborted || lead.clock.monotonic() >= lead.endMs) return;
      if (this.#hasPlace(tenant)) this.#begin(tenant, lead.clock);
    }
  }

  #hasPlace({ id }: Tenant): boolean {
    if (this.#underWay.has(id) || this.#underWay.size >= PLACES) return false;
    const slow = [...this.#underWay.keys()].filter((other) => this.#slow.has(other));
    return !this.#slow.has(id) || slow.length < SLOW_PLACES;
  }

  #begin(tenant: Tenant, clock: Clock): void {
    const { id } = tenant;
    this.#waiting = this.#waiting.filter((other) => other !== tenant);
    for (const runId of this.#dead.get(id) ?? []) this.#followed.add(runId);
    const look = this.#look(tenant, clock).finally(() => {
      this.#underWay.delete(id);
      this.#fill();
    });
    this.#underWay.set(id, look);
  }

  async #look(tenant: Tenant, clock: Clock): Promise<void> {
    const { id } = tenant;
    const parts = { ...this.#parts, engine: { ...this.#parts.engine, clock } };
    const mostMs = this.#slow.has(id) ? LONGEST_VISIT_MS : QUICK_MS;
    const beganMs = clock.monotonic();
    let isDone = false;
    try {
      isDone = await within(clock, mostMs, this.#stop.signal, (signal) =>
        lookAt(tenant, parts, signal),
      );
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#parts.onTrouble(error);
    }
    const endMs = clock.monotonic();
    this.#lookedMs.set(id, endMs);
    if (isDone && endMs - beganMs <= SLOW_MS) this.#slow.delete(id);
    else this.#slow.add(id);
  }
}
