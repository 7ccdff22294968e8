import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../src/wire/places.ts';

const MIB = 1_024 * 1_024;
const counts = (cores: number, mib: number, wanted = {}) => {
  const { places, note } = placesOf({ cores, memoryBytes: mib * MIB }, wanted);
  return { rpc: places.rpc.count, browser: places.browser.count, note };
};

describe('the places of a worker', () => {
  it.each([
    [2, 8_192, 16, 2],
    [4, 8_192, 32, 4],
    [1.5, 8_192, 12, 1],
    [0.5, 1_024, 4, 1],
    [0.05, 490, 1, 1],
  ])('%s cores and %s MiB: %s over rpc, %s in the browser', (cores, mib, rpc, browser) => {
    expect(counts(cores, mib)).toEqual({ rpc, browser, note: undefined });
  });

  it('in the browser are never more than fit into the memory, and it says so', () => {
    expect(counts(8, 700)).toEqual({
      rpc: 64,
      browser: 2,
      note: '2 of 8 runs in the browser at once: 700 MiB of memory, and they need 1820 MiB',
    });
    expect(counts(1, 256)).toMatchObject({
      browser: 0,
      note: '0 of 1 runs in the browser at once: 256 MiB of memory, and they need 490 MiB',
    });
    expect(counts(2, 680, { browser: 20 })).toMatchObject({ browser: 2 });
  });

  it('are as many as somebody asks for, also none', () => {
    expect(counts(2, 8_192, { rpc: 3, browser: 5 })).toEqual({ rpc: 3, browser: 5 });
    expect(counts(2, 256, { rpc: 0, browser: 0 })).toEqual({ rpc: 0, browser: 0 });
  });

  it('leave room for those that wait, in the browser within the memory', () => {
    const { places } = placesOf({ cores: 2, memoryBytes: 1_440 * MIB });
    expect(places.rpc).toEqual({ count: 16, most: 256 });
    expect(places.browser).toEqual({ count: 2, most: 6 });
  });

  it('never hold more contexts than fit, whatever is asked for', () => {
    const machine = fc.record({
      cores: fc.double({ min: 0.01, max: 256, noNaN: true }),
      memoryBytes: fc.integer({ min: 0, max: 2 ** 40 }),
    });
    const wanted = fc.record({ browser: fc.nat(1_000) }, { requiredKeys: [] });
    fc.assert(
      fc.property(machine, wanted, (own, asked) => {
        const { count, most } = placesOf(own, asked).places.browser;
        expect(count).toBeLessThanOrEqual(most);
        if (most > 0) expect((300 + 190 * most) * MIB).toBeLessThanOrEqual(own.memoryBytes);
      }),
    );
  });
});
