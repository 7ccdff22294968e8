/**
 * Plans slots. While it leads, every tick books what is due soon in the ledger and hands it to the queue, and
 * closes the accounts of runs that were lost; a slot that nobody planned in time is missed, never back-filled.
 */
import { type ScheduledTask, schedule } from 'node-cron';
import { type HistoryRecord, type PlannedSlot, plannedBetween } from '../domain/history.ts';
import { type Account, LATE_MS } from '../domain/ledger.ts';
import { runRequestOf } from '../domain/run-request.ts';
import type { Clock } from '../lib/clock.ts';
import type { Producer, QueuedRequest } from '../queue/producer.ts';
import type { History } from '../store/history.ts';
import type { Leader } from '../store/leader.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Records } from '../store/records.ts';

/** A leader that stops asking is replaced after this and one tick: within five seconds. */
const LEAD_MS = 3_500;
/** Slots are queued so long before they are due; while Redis is away for less, none is missed. */
const AHEAD_MS = 30_000;
/** At least so much is planned at once: what cron means is computed anew each time. */
const PLAN_MS = 3_000;
/** Accounts are looked through so often for runs that were lost. */
const CLOSE_EVERY_MS = 15_000;

/** A tick that comes while the last one still runs is no news: the next one plans as much more. */
const none = (): void => undefined;
const silent = { info: none, warn: none, error: none, debug: none };

const LEADER = 'scheduler';
const CURSOR = ['scheduler', 'cursor'] as const;

/** Below the gate's runs and above those of a capacity run; a tenant's further slots come after the first ones of others. */
const PRIORITY = { schedule: 1_000, turns: 900 } as const;

export interface SchedulerParts {
  readonly clock: Clock;
  readonly leader: Leader;
  /** Whether our time of day is the fleet's. Never throws. */
  readonly isClockRight: () => Promise<boolean>;
  readonly ledger: Ledger;
  readonly history: History;
  readonly producer: Producer;
  readonly records: Records;
  /** Writes into the history that what is configured now is planned from now on. */
  readonly plan: () => Promise<void>;
  /** By when a slot of this tenant has its final account, milliseconds after the slot. */
  readonly longestMs: (slot: PlannedSlot) => number;
  /** Told of every tick that could not do its work; the next one tries again. */
  readonly onTrouble: (error: unknown) => void;
}

export class Scheduler {
  readonly #parts: SchedulerParts;
  #task: ScheduledTask | undefined;
  #token: number | undefined;
  #history: readonly HistoryRecord[] = [];
  /** Up to where slots are planned, epoch milliseconds. */
  #cursorMs = 0;
  /** What this one last told Redis of it, or found there. */
  #toldMs: number | undefined;
  #closedMs = 0;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#task = schedule('* * * * * *', () => this.tick(), { noOverlap: true, logger: silent });
  }

  /** Ends what is planned, if this one leads; whoever leads next plans on. Never throws. */
  async stop(): Promise<void> {
    await this.#task?.destroy();
    if (this.#token === undefined) return;
    const { clock, history, leader, isClockRight } = this.#parts;
    const stopped = { v: 1, kind: 'stopped', atMs: clock.now() } as const;
    // At a wrong time it would end what others plan, or what was played.
    if (await isClockRight()) await history.append(stopped).catch(() => undefined);
    await leader.resign(LEADER).catch(() => undefined);
  }

  /** One tick: what the clock does every second. Never throws. */
  async tick(): Promise<void> {
    try {
      const { leader, clock } = this.#parts;
      // Read before the lead was given, so it is a time that was found right.
      const nowMs = clock.now();
      const lead = await leader.lead(LEADER, LEAD_MS);
      if (lead !== undefined) await this.#lead(lead.token, nowMs);
      this.#token = lead?.token;
    } catch (error) {
      this.#token = undefined;
      this.#parts.onTrouble(error);
    }
  }

  async #lead(token: number, nowMs: number): Promise<void> {
    const { records } = this.#parts;
    const kept = await this.#keptCursor();
    if (token !== this.#token) {
      // The last leader may have ended the plan as it stopped.
      await this.#parts.plan();
      await this.#recall(kept, nowMs);
    } else if (kept !== this.#toldMs) await this.#recall(kept, nowMs);
    await this.#reread(nowMs);
    const untilMs = nowMs + AHEAD_MS;
    if (untilMs - this.#cursorMs >= PLAN_MS) {
      await this.#plan(this.#cursorMs, untilMs, nowMs);
      // Flushed meanwhile it would seem to remember all: the next tick plans anew instead.
      if ((await this.#keptCursor()) !== this.#toldMs) return;
      this.#cursorMs = untilMs;
      await records.put(...CURSOR, untilMs);
      this.#toldMs = untilMs;
    }
    if (nowMs - this.#closedMs >= CLOSE_EVERY_MS) {
      await this.#closeLost(nowMs);
      this.#closedMs = nowMs;
    }
  }

  /** Up to where Redis says that slots are planned; undefined where it does not remember. */
  async #keptCursor(): Promise<number | undefined> {
    const kept = await this.#parts.records.get(...CURSOR);
    return typeof kept === 'number' ? kept : undefined;
  }

  /**
   * Goes on where the last leader stopped. A Redis that remembers less than it was told (it failed over to a replica that
   * lagged, was flushed, or was put back) lost what was queued since then: what is still to come is planned again. What was
   * due already may have been played, and is never played twice: it counts as started, so that its report ends it, or else
   * it is closed as lost.
   */
  async #recall(kept: number | undefined, nowMs: number): Promise<void> {
    const { history, ledger } = this.#parts;
    // Who never led cannot tell a Redis that forgot from one that is new.
    const fromMs = kept ?? (this.#toldMs === undefined ? nowMs : nowMs - LATE_MS);
    const playedMs = Math.min(this.#toldMs ?? kept ?? nowMs, nowMs);
    for (const slot of plannedBetween(await history.read(), fromMs, playedMs)) {
      await ledger.account(slot, { kind: 'started' });
    }
    this.#cursorMs = Math.min(Math.max(fromMs, playedMs), nowMs + AHEAD_MS);
    this.#toldMs = kept;
  }

  /** Schedules that were loaded since count from when they were loaded, though others were planned further ahead. */
  async #reread(nowMs: number): Promise<void> {
    const records = await this.#parts.history.recent();
    if (records === this.#history) return;
    const known = new Set(this.#history);
    this.#history = records;
    const added = records.filter((record) => !known.has(record));
    const youngMs = added.map(({ atMs }) => atMs).filter((atMs) => nowMs - atMs <= LATE_MS);
    this.#cursorMs = Math.min(this.#cursorMs, ...youngMs);
  }

  async #plan(fromMs: number, toMs: number, nowMs: number): Promise<void> {
    const { ledger, producer } = this.#parts;
    const slots = [...plannedBetween(this.#history, fromMs, toMs)];
    const late = slots.filter(({ slotMs }) => nowMs - slotMs > LATE_MS);
    const due = slots.filter(({ slotMs }) => nowMs - slotMs <= LATE_MS);
    for (const slot of late) await ledger.account(slot, nobodyPlanned);
    await ledger.plan(due);
    await producer.add(inTurns(due));
  }

  /** Only what has an account: a slot without one is a hole, and stays one for the audit to find. */
  async #closeLost(nowMs: number): Promise<void> {
    const { ledger, longestMs } = this.#parts;
    for (const { slot, account } of await ledger.open(nowMs)) {
      if (nowMs <= slot.slotMs + longestMs(slot)) continue;
      await ledger.account(slot, account.kind === 'queued' ? nobodyTook : { kind: 'inconclusive' });
    }
  }
}

const nobodyPlanned: Account = { kind: 'missed', reason: 'no scheduler was running' };
const nobodyTook: Account = { kind: 'missed', reason: 'no worker took it' };

/** A tenant with many slots waiting lets the others go first. */
function inTurns(slots: readonly PlannedSlot[]): readonly QueuedRequest[] {
  const turns = new Map<string, number>();
  return slots.map((slot) => {
    const turn = turns.get(slot.tenant) ?? 0;
    turns.set(slot.tenant, turn + 1);
    const priority = PRIORITY.schedule + Math.min(turn, PRIORITY.turns);
    return { request: runRequestOf(slot), dueMs: slot.slotMs, priority };
  });
}
