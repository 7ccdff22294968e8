/** Waits until a tenant answers its probe user again: right after a deployment Odoo may still be starting. */
import { Failed } from '../../domain/failure.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Engine } from '../../engine/run-state.ts';
import { within } from '../../lib/deadline.ts';

const PAUSE_MS = 2_000;
const ANSWER_MS = 5_000;

/**
 * True as soon as it answers; false when the time is over, and at once for what waiting does not mend, such as a
 * credential that is refused. Then the runs themselves tell why. Never throws.
 */
export async function awaitReady(
  tenant: Tenant,
  engine: Engine,
  { forMs, signal }: { readonly forMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const untilMs = engine.clock.monotonic() + forMs;
  for (;;) {
    const answer = await answerOf(tenant, engine, signal);
    if (answer !== 'away') return answer === 'ready';
    const isOver = engine.clock.monotonic() + PAUSE_MS > untilMs;
    if (isOver || signal.aborted) return false;
    await engine.clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}

async function answerOf(
  tenant: Tenant,
  { clock, signIn }: Engine,
  signal: AbortSignal,
): Promise<'ready' | 'away' | 'useless'> {
  const timeoutMs = Math.min(ANSWER_MS, tenant.limits.callMs);
  try {
    const session = await within(clock, timeoutMs, signal, (own) =>
      signIn(tenant, { timeoutMs, signal: own }),
    );
    session.close();
    return 'ready';
  } catch (error) {
    const mayMend = !(error instanceof Failed) || error.failure.blame === 'target';
    return mayMend ? 'away' : 'useless';
  }
}
