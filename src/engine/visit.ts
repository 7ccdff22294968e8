/** One visit to a tenant outside any run: a session of the probe user's, in its synthetic company. */
import type { Tenant } from '../domain/tenant.ts';
import { Access, CallLog } from './access.ts';
import { Skip } from './boundary.ts';
import { ownCompany } from './fixtures.ts';
import type { Engine } from './run-state.ts';

/** A visit that takes longer is given up; the next one goes on. */
export const LONGEST_VISIT_MS = 600_000;

export interface Visit {
  readonly access: Access;
  readonly companyId: number;
}

/** Throws Skip where there is no synthetic company, or it is archived; Failed; and what the work throws. */
export async function visit<T>(
  tenant: Tenant,
  engine: Engine,
  options: { readonly signal: AbortSignal; readonly fence: () => Promise<void> },
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const { callMs } = tenant.limits;
  const session = await engine.signIn(tenant, { timeoutMs: callMs, signal: options.signal });
  try {
    const access = new Access(session, { callMs, ...options }, new CallLog(engine.clock));
    const companyId = await ownCompany(access);
    const why = 'not provisioned: the probe user has no synthetic company';
    if (companyId === undefined) throw new Skip(why);
    return await work({ access, companyId });
  } finally {
    session.close();
  }
}

/** The same with the tenant's lease, so that no run is under way. */
export async function visitAlone<T>(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const lease = await engine.leases.acquire(tenant.id, LONGEST_VISIT_MS, signal);
  try {
    return await visit(tenant, engine, { signal, fence: () => lease.check() }, work);
  } finally {
    await lease.release().catch(() => undefined);
  }
}
