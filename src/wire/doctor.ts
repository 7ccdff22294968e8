/** Connects `doctor` to one tenant. */
import type { Tenant } from '../domain/tenant.ts';
import { Access, CallLog } from '../engine/access.ts';
import { failureOutsideRun } from '../engine/boundary.ts';
import type { TenantSession } from '../engine/ports.ts';
import { serverVersion } from '../odoo/session.ts';
import { servesDatabase } from '../odoo/web.ts';
import { examine } from '../tasks/doctor/doctor.ts';
import type { Diagnosis } from '../tasks/doctor/patient.ts';
import type { Orderwatch } from './compose.ts';

/** Never throws. */
export async function examineTenant(
  tenant: Tenant,
  { config, scenarios, engine, insist }: Orderwatch,
  options: { readonly accept: boolean; readonly signal: AbortSignal },
): Promise<Diagnosis> {
  const { clock } = engine;
  const call = { timeoutMs: tenant.limits.callMs, signal: options.signal };
  let session: TenantSession | undefined;
  try {
    return await examine({
      tenant,
      scenarios: [...scenarios.values()],
      readiness: engine.readiness,
      nowMs: clock.now(),
      accept: options.accept,
      version: () => serverVersion(tenant.url, { clock, ...call }),
      servesDatabase: async () => {
        const { login, password } = tenant.credentials;
        const account = { login, secret: await password.read() };
        return await servesDatabase(tenant, account, { clock, ...call });
      },
      signIn: async () => {
        session = await insist(tenant, call);
        const fence = (): Promise<void> => Promise.reject(new Error('doctor writes nothing'));
        const { timeoutMs: callMs, signal } = call;
        return new Access(session, { callMs, signal, fence }, new CallLog(clock));
      },
      failureOf: (thrown) => failureOutsideRun(thrown, config.secrets),
    });
  } finally {
    session?.close();
  }
}
