import { describe, expect, it } from 'vitest';
import { tenantId } from '../../../src/domain/ids.ts';
import { Claims } from '../../../src/store/claims.ts';
import { Keys } from '../../../src/store/redis.ts';
import { ownRedis, until } from '../../support/unit/redis.ts';

const server = ownRedis();
const { redis } = server;
const keys = new Keys('test');
const north = tenantId('north');
const left = (): Promise<number> => redis.pttl(keys.of('claim', 'north'));

describe('a claim', () => {
  it('ends by itself, unless it is renewed', async () => {
    const claims = new Claims(redis, keys);
    await claims.claim(north, 50);
    await claims.claim(north, 60_000);
    expect(await left()).toBeGreaterThan(50_000);
    await claims.claim(north, 50);
    await until(async () => (await left()) < 0);
  });

  it('is released by whoever has it, and the last of two has it', async () => {
    const [first, second] = [new Claims(redis, keys), new Claims(redis, keys)];
    await first.claim(north, 60_000);
    await second.claim(north, 60_000);
    await first.release(north);
    expect(await left()).toBeGreaterThan(0);
    await second.release(tenantId('south'));
    expect(await left()).toBeGreaterThan(0);
    await second.release(north);
    expect(await left()).toBe(-2);
  });

  it('is our trouble while Redis is away', async () => {
    await server.kill();
    const trouble = { failure: { code: 'state.unusable', blame: 'fleet' } };
    await expect(new Claims(redis, keys).claim(north, 1_000)).rejects.toMatchObject(trouble);
    await server.start();
  });
});
