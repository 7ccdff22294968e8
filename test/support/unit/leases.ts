/** Twelve who want one tenant at once. */
import type { Lease } from '../../../src/engine/ports.ts';
import { systemClock } from '../../../src/lib/clock.ts';

/** Each takes the lease, holds it for a moment and gives it back. Answers how many held it at most, and all tokens. */
export async function contend(
  acquire: () => Promise<Lease>,
): Promise<{ readonly most: number; readonly tokens: readonly number[] }> {
  let [holders, most] = [0, 0];
  const tokens: number[] = [];
  const wants = Array.from({ length: 12 }, async () => {
    const lease = await acquire();
    holders += 1;
    most = Math.max(most, holders);
    tokens.push(lease.token);
    await systemClock.sleep(2);
    await lease.check();
    holders -= 1;
    await lease.release();
  });
  await Promise.all(wants);
  return { most, tokens };
}
