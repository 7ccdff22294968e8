import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { watchStalls } from '../../../src/lib/stall.ts';
import { FakeClock, virtualBeats } from '../../support/unit/clock.ts';

describe('the stall watch, in virtual time', () => {
  beforeEach(virtualBeats);
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sees no stall while every beat comes in time', () => {
    const clock = new FakeClock();
    const watch = watchStalls(clock);
    clock.pass(10_000);
    expect(watch.stalledMs()).toBe(0);
  });

  it('counts the time in which no beat could come', () => {
    const clock = new FakeClock();
    const watch = watchStalls(clock);
    clock.pass(1_000);
    clock.stall(700);
    expect(watch.stalledMs()).toBe(650);
    clock.pass(1_000);
    expect(watch.stalledMs()).toBeGreaterThanOrEqual(650);
    expect(watch.stalledMs()).toBeLessThanOrEqual(700);
  });

  it('adds several stalls up', () => {
    const clock = new FakeClock();
    const watch = watchStalls(clock);
    clock.stall(300);
    clock.pass(500);
    clock.stall(300);
    expect(watch.stalledMs()).toBeGreaterThanOrEqual(500);
  });

  it('does not add up the small delays of a busy machine', () => {
    const clock = new FakeClock();
    const watch = watchStalls(clock);
    for (let n = 0; n < 50; n += 1) {
      clock.pass(500);
      clock.stall(150);
    }
    expect(watch.stalledMs()).toBe(0);
  });

  it('does not take a jump of the wall clock for a stall', () => {
    const clock = new FakeClock();
    const watch = watchStalls(clock);
    clock.pass(500);
    clock.jump(3_600_000);
    expect(watch.stalledMs()).toBe(0);
  });
});

describe('the stall watch, in real time', () => {
  it('sees a blocked event loop even before the next beat', () => {
    const watch = watchStalls(systemClock);
    const until = systemClock.monotonic() + 400;
    while (systemClock.monotonic() < until);
    const stalled = watch.stalledMs();
    watch.stop();
    expect(stalled).toBeGreaterThan(250);
  });
});
