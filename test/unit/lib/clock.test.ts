import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';

describe('the system clock', () => {
  it('sleeps about as long as it is asked to', async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(30);
    expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(28);
  });

  it('rejects a sleep with the reason of the abort, not with an AbortError', async () => {
    const reason = new Error('woken');
    const controller = new AbortController();
    const slept = systemClock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(slept).rejects.toBe(reason);
  });

  it('does not fall asleep under a signal that has aborted', async () => {
    const reason = new Error('no');
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('tells wall-clock time in epoch milliseconds', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });
});
