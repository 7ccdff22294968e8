/**
 * Leadership: of many who ask for one thing, one at a time has it, and keeps it by asking again before its time is
 * over. Who stops asking is replaced when that time has passed; who has the time of day wrong does not lead.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';
import { runScript, scriptOf } from './script.ts';
import { NEXT_TOKEN } from './tokens.ts';

/** KEYS: leader, tokens. ARGV: who asks, milliseconds. Answers the token, or 0 while somebody else leads. */
const LEAD = scriptOf(`${NEXT_TOKEN}
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and tonumber(redis.call('GET', KEYS[2])) or nextToken(KEYS[2])`);

/** KEYS: leader. ARGV: who resigns. */
const RESIGN = scriptOf(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

export interface Leadership {
  /** Grows with every change of leader, not with a renewal. */
  readonly token: number;
  /** Until then nobody else leads, on the monotonic clock; Redis need not be asked again before. */
  readonly endMs: number;
}

export class Leader {
  readonly #self = randomUUID();
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #isClockRight: () => Promise<boolean>;

  /** `isClockRight`: whether our time of day is the fleet's. */
  constructor(
    redis: RedisConnection,
    keys: Keys,
    clock: Clock,
    isClockRight: () => Promise<boolean>,
  ) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#isClockRight = isClockRight;
  }

  /**
   * Takes the lead for `forMs`, or keeps it for as long from now; undefined while somebody else leads, and for who has
   * the time wrong, who resigns. Rejects with Failed `state.unusable`; what was given before still holds until its end.
   */
  async lead(name: string, forMs: number): Promise<Leadership | undefined> {
    if (!(await this.#isClockRight())) {
      await this.resign(name);
      return undefined;
    }
    // Counted from before Redis was asked, so never later than there.
    const endMs = this.#clock.monotonic() + forMs;
    const names = [this.#keys.of('leader', name), this.#keys.of('leader-tokens', name)];
    const answer = await inRedis(() => runScript(this.#redis, LEAD, names, [this.#self, forMs]));
    const token = Number(answer);
    return token > 0 ? { token, endMs } : undefined;
  }

  /** Lets somebody else lead at once; nothing happens when somebody else does. Rejects with Failed `state.unusable`. */
  async resign(name: string): Promise<void> {
    const leader = this.#keys.of('leader', name);
    await inRedis(() => runScript(this.#redis, RESIGN, [leader], [this.#self]));
  }
}
