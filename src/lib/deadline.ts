/** Work inside a time of its own: the signal aborts it, and the race ends it even if it ignores the signal. */
import type { Clock } from './clock.ts';

export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}

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
  // Set at once, before anybody waits.
  let cut = (_: unknown): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    cut = (reason) => {
      own.abort(reason);
      reject(own.signal.reason as Error);
    };
  });
  const abort = (): void => {
    cut(parent.reason);
  };
  parent.addEventListener('abort', abort);
  const cancel = clock.after(ms, () => {
    cut(new TimeUp(`not done within ${ms} ms`));
  });
  try {
    return await Promise.race([work(own.signal), ended]);
  } finally {
    // By hand: what a listener's option `signal` keeps, only the garbage collector finds.
    parent.removeEventListener('abort', abort);
    cancel();
  }
}

/** A signal that aborts with TimeUp after `ms`; call `cancel` when the work is done. */
export function abortAfter(
  clock: Clock,
  ms: number,
): { readonly signal: AbortSignal; readonly cancel: () => void } {
  const own = new AbortController();
  const cancel = clock.after(ms, () => {
    own.abort(new TimeUp(`not done within ${ms} ms`));
  });
  return { signal: own.signal, cancel };
}

/** Whether the work ended in this time without failing; it is not waited for any longer. Never throws. */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let cancel = (): void => undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(ms, () => {
      resolve(false);
    });
  });
  const done = work.then(
    () => true,
    () => false,
  );
  const ended = await Promise.race([done, late]);
  cancel();
  return ended;
}
