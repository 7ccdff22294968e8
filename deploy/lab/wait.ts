// Waiting for a condition that nobody announces: a process that ends, a port that answers.
import { setTimeout as sleep } from 'node:timers/promises';

export async function until(
  check: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const end = performance.now() + withinMs;
  for (;;) {
    if (await check()) return true;
    if (performance.now() >= end) return false;
    await sleep(50);
  }
}
