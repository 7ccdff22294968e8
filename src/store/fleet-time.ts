/**
 * The time that the processes of a fleet share is Redis'. A process whose clock was set wrong must not plan, sweep or
 * begin a run by it: it would miss an hour of slots, or undo what others are just making.
 */

import { Failed } from '../domain/failure.ts';
import type { Clock } from '../lib/clock.ts';
import { inRedis, type RedisConnection } from './redis.ts';

/** Clocks that are kept in step are never so far apart. */
const TOLERANCE_MS = 5_000;
/** A jump of our own clock is seen at once; that Redis' jumped, or our machine slept, after this. */
const ASK_EVERY_MS = 10_000;

/** How far Redis' clock is ahead of our monotonic one, milliseconds: between these, however slow its answer was. */
interface Seen {
  readonly least: number;
  readonly most: number;
  /** When, by the monotonic clock. */
  readonly atMs: number;
}

export class FleetTime {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  #seen: Seen | undefined;
  #asking: Promise<void> | undefined;
  /** What was told last; undefined while our clock is right. */
  #toldMs: number | undefined;

  /** `onTrouble` is told once when our clock is found wrong, and again when it is wrong by another time. */
  constructor(redis: RedisConnection, clock: Clock, onTrouble: (error: unknown) => void) {
    this.#redis = redis;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  /** Whether our clock is within five seconds of Redis'. While Redis is away, what it last said counts. Never throws. */
  readonly isRight = async (): Promise<boolean> => {
    const aheadMs = await this.#aheadMs();
    const isRight = Math.abs(aheadMs) <= TOLERANCE_MS;
    if (isRight) this.#toldMs = undefined;
    else if (Math.abs(aheadMs - (this.#toldMs ?? Infinity)) > TOLERANCE_MS) {
      this.#toldMs = aheadMs;
      this.#onTrouble(wrongBy(aheadMs));
    }
    return isRight;
  };

  /** Rejects with Failed `fleet.clock` unless our clock is right. */
  async mustBeRight(): Promise<void> {
    const aheadMs = await this.#aheadMs();
    if (Math.abs(aheadMs) > TOLERANCE_MS) throw wrongBy(aheadMs);
  }

  /** What was seen may stand for a while, unless by it our clock is wrong: then Redis is asked first. */
  async #aheadMs(): Promise<number> {
    const isOld = this.#clock.monotonic() - (this.#seen?.atMs ?? -Infinity) >= ASK_EVERY_MS;
    if (isOld || Math.abs(this.#skewMs()) > TOLERANCE_MS) {
      // Redis is away: then nothing is planned or begun anyway.
      await this.#ask().catch(() => undefined);
    }
    return this.#skewMs();
  }

  async #ask(): Promise<void> {
    this.#asking ??= this.#look().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #look(): Promise<void> {
    const askedMs = this.#clock.monotonic();
    const [seconds, microseconds] = await inRedis(() => this.#redis.time());
    const redisMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    const atMs = this.#clock.monotonic();
    this.#seen = { least: redisMs - atMs, most: redisMs - askedMs, atMs };
  }

  /** The least that explains what was seen; positive where ours is ahead. */
  #skewMs(): number {
    if (this.#seen === undefined) return 0;
    const { least, most } = this.#seen;
    const ours = this.#clock.now() - this.#clock.monotonic();
    return Math.max(0, ours - most) + Math.min(0, ours - least);
  }
}

function wrongBy(aheadMs: number): Failed {
  const seconds = Math.round(Math.abs(aheadMs) / 1_000).toLocaleString('en');
  const where = aheadMs > 0 ? 'ahead of' : 'behind';
  const message = `our clock is ${seconds} s ${where} Redis': until it is right nothing is planned, swept or begun here`;
  return new Failed({ code: 'fleet.clock', blame: 'fleet', message });
}
