/** Work inside a time of its own: the signal aborts it, and the race ends it even if it ignores the signal. */
import type { Clock } from './clock.ts';

export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}

/** Why a timer is cut that nobody waits for any more; without a reason an error would be made for each. */
const DONE = 'done';

/**
 * Runs `work` for at most `ms`; rejects with TimeUp when the time is up and with the parent's reason when
 * the parent aborts. The work may still be going on then: its signal is aborted and its result is dropped.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent.throwIfAborted();
  const own = new AbortController();
  const timer = new AbortController();
  // Removed by hand: what an option `signal` of a listener keeps is only found by the garbage collector.
  let abort = (): void => undefined;
  const cut = new Promise<never>((_, reject) => {
    const stop = (reason: unknown): void => {
      own.abort(reason);
      reject(own.signal.reason as Error);
    };
    abort = () => {
      stop(parent.reason);
    };
    parent.addEventListener('abort', abort);
    clock.sleep(ms, timer.signal).then(
      () => {
        stop(new TimeUp(`not done within ${ms} ms`));
      },
      () => undefined,
    );
  });
  try {
    return await Promise.race([work(own.signal), cut]);
  } finally {
    parent.removeEventListener('abort', abort);
    timer.abort(DONE);
  }
}

/** A signal that aborts with TimeUp after `ms`; call `cancel` when the work is done. */
export function abortAfter(
  clock: Clock,
  ms: number,
): { readonly signal: AbortSignal; readonly cancel: () => void } {
  const own = new AbortController();
  const timer = new AbortController();
  clock.sleep(ms, timer.signal).then(
    () => {
      own.abort(new TimeUp(`not done within ${ms} ms`));
    },
    () => undefined,
  );
  return {
    signal: own.signal,
    cancel: () => {
      timer.abort(DONE);
    },
  };
}

/** Whether the work ended in this time without failing; it is not waited for any longer. Never throws. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const cancel = new AbortController();
  const done = work.then(
    () => true,
    () => false,
  );
  const late = clock.sleep(ms, cancel.signal).then(
    () => false,
    () => false,
  );
  const ended = await Promise.race([done, late]);
  cancel.abort(DONE);
  return ended;
}
