/** Long work of this process in slices, so that what cannot wait has its turn in between. */
import { setImmediate as turn } from 'node:timers/promises';

const SLICE_MS = 10;

/** Calls `act` with each item in order, and lets others have their turn after every ten milliseconds of it. */
export async function inSlices<T>(items: Iterable<T>, act: (item: T) => void): Promise<void> {
  let sinceMs = performance.now();
  for (const item of items) {
    act(item);
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await turn();
    sinceMs = performance.now();
  }
}
