import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { abortAfter, TimeUp, within } from '../../../src/lib/deadline.ts';
import { FakeClock } from '../../support/unit/clock.ts';

const forever = (): Promise<never> => new Promise(() => undefined);
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describe('within', () => {
  it('answers what the work answers', async () => {
    const { signal } = new AbortController();
    expect(await within(new FakeClock(), 1_000, signal, () => Promise.resolve('done'))).toBe(
      'done',
    );
  });

  it('rejects with what the work rejects with', async () => {
    const { signal } = new AbortController();
    const work = (): Promise<never> => Promise.reject(new Error('broken'));
    await expect(within(new FakeClock(), 1_000, signal, work)).rejects.toThrow('broken');
  });

  it('rejects with what the work throws before it waits for anything', async () => {
    const { signal } = new AbortController();
    const work = (): Promise<never> => {
      throw new Error('at once');
    };
    await expect(within(new FakeClock(), 1_000, signal, work)).rejects.toThrow('at once');
  });

  it('ends with TimeUp, exactly on time, and aborts the work', async () => {
    const clock = new FakeClock();
    let seen: AbortSignal | undefined;
    const work = async (signal: AbortSignal): Promise<void> => {
      seen = signal;
      await untilAborted(signal);
    };
    const ended = within(clock, 1_000, new AbortController().signal, work);
    await expect(ended).rejects.toBeInstanceOf(TimeUp);
    expect(clock.monotonic()).toBe(1_000);
    expect(seen?.reason).toBeInstanceOf(TimeUp);
  });

  it('ends on time even when the work ignores its signal', async () => {
    const ended = within(new FakeClock(), 1_000, new AbortController().signal, forever);
    await expect(ended).rejects.toBeInstanceOf(TimeUp);
  });

  it('ends with the reason of its parent, and hands it to the work', async () => {
    const parent = new AbortController();
    let seen: AbortSignal | undefined;
    const ended = within(systemClock, 60_000, parent.signal, (signal) => {
      seen = signal;
      return forever();
    });
    parent.abort(new Error('told to stop'));
    await expect(ended).rejects.toThrow('told to stop');
    expect(seen?.reason).toBe(parent.signal.reason);
  });

  it('does not begin when the parent has stopped already', async () => {
    let begun = false;
    const ended = within(new FakeClock(), 1_000, AbortSignal.abort(new Error('too late')), () => {
      begun = true;
      return forever();
    });
    await expect(ended).rejects.toThrow('too late');
    expect(begun).toBe(false);
  });

  it('leaves no timer behind: work that is done is not aborted later', async () => {
    const clock = new FakeClock();
    let seen: AbortSignal | undefined;
    await within(clock, 1_000, new AbortController().signal, (signal) => {
      seen = signal;
      return Promise.resolve();
    });
    await clock.sleep(5_000);
    expect(seen?.aborted).toBe(false);
  });

  it('drops a late rejection of work that was cut, without an unhandled one', async () => {
    const clock = new FakeClock();
    const late = async (): Promise<never> => {
      await clock.sleep(3_000);
      throw new Error('nobody listens any more');
    };
    const ended = within(clock, 1_000, new AbortController().signal, late);
    await expect(ended).rejects.toBeInstanceOf(TimeUp);
    await clock.sleep(5_000);
    expect(clock.monotonic()).toBe(6_000);
  });

  it('bounds real time too', async () => {
    const ended = within(systemClock, 20, new AbortController().signal, forever);
    await expect(ended).rejects.toThrow('not done within 20 ms');
  });
});

describe('abortAfter', () => {
  it('aborts with TimeUp when the time is up', async () => {
    const clock = new FakeClock();
    const { signal } = abortAfter(clock, 500);
    await clock.sleep(400);
    expect(signal.aborted).toBe(false);
    await clock.sleep(200);
    expect(signal.reason).toBeInstanceOf(TimeUp);
  });

  it('never aborts once it is cancelled', async () => {
    const clock = new FakeClock();
    const { signal, cancel } = abortAfter(clock, 500);
    cancel();
    await clock.sleep(1_000);
    expect(signal.aborted).toBe(false);
  });
});
