/** Words of people that how long something takes now is normal: they wait here until its observer has heard them. */
import { z } from 'zod';
import { transports } from '../domain/transport.ts';
import { parseJson } from '../lib/json.ts';
import { inRedis, type Keys, type RedisConnection } from './redis.ts';

const acceptSchema = z
  .strictObject({
    tenant: z.string(),
    scenario: z.string(),
    transport: z.enum(transports),
    /** All steps when absent. */
    step: z.string().exactOptional(),
  })
  .readonly();

export type Accept = z.infer<typeof acceptSchema>;

/** All methods reject with Failed `state.unusable`. */
export class Accepts {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(partition: string, accept: Accept): Promise<void> {
    await inRedis(() => this.#redis.rpush(this.#key(partition), JSON.stringify(accept)));
  }

  /** In the order in which they came, malformed ones left out, and how many entries that is. */
  async waiting(
    partition: string,
  ): Promise<{ readonly accepts: readonly Accept[]; readonly entries: number }> {
    const texts = await inRedis(() => this.#redis.lrange(this.#key(partition), 0, -1));
    const accepts = texts.flatMap((text) => acceptSchema.safeParse(parseJson(text)).data ?? []);
    return { accepts, entries: texts.length };
  }

  /** The first so many entries were heard. */
  async heard(partition: string, entries: number): Promise<void> {
    await inRedis(() => this.#redis.ltrim(this.#key(partition), entries, -1));
  }

  #key(partition: string): string {
    return this.#keys.of('accepts', partition);
  }
}
