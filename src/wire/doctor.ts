/** Connects `doctor` to one tenant. */
import { openChannel } from '../channel/open.ts';
import { Failed } from '../domain/failure.ts';
import type { Tenant } from '../domain/tenant.ts';
import { Access, CallLog } from '../engine/access.ts';
import { failureOutsideRun } from '../engine/boundary.ts';
import type { CallOptions, Channel, TenantSession } from '../engine/ports.ts';
import type { Credential } from '../engine/sign-in.ts';
import type { Clock } from '../lib/clock.ts';
import { serverVersion } from '../odoo/session.ts';
import { openWebSession } from '../odoo/web.ts';
import { examine } from '../tasks/doctor/doctor.ts';
import type { Examination } from '../tasks/doctor/patient.ts';
import type { Orderwatch } from './compose.ts';
import { outside } from './lookout.ts';

/** Never throws. */
export async function examineTenant(
  tenant: Tenant,
  { config, scenarios, engine, insist, insistOnWeb }: Orderwatch,
  options: { readonly accept: boolean; readonly signal: AbortSignal },
): Promise<Examination> {
  const { clock } = engine;
  const call = { timeoutMs: tenant.limits.callMs, signal: options.signal };
  let session: TenantSession | undefined;
  const channel = fileChannelOf(tenant, clock);
  try {
    return await examine({
      tenant,
      scenarios: [...scenarios.values()],
      readiness: engine.readiness,
      nowMs: clock.now(),
      accept: options.accept,
      version: () => serverVersion(tenant.url, { clock, ...call }),
      acceptsWebLogin: () => acceptsWebLogin(insistOnWeb(tenant), tenant, { clock, ...call }),
      signIn: async () => {
        session = await insist(tenant, call);
        const fence = (): Promise<void> => Promise.reject(new Error('doctor writes nothing'));
        const { timeoutMs: callMs, signal } = call;
        return new Access(session, { callMs, signal, fence }, new CallLog(clock));
      },
      certificate: () => outside.certificate(tenant, call),
      clockSkewMs: () => outside.clockSkewMs(tenant, call),
      failureOf: (thrown) => failureOutsideRun(thrown, config.secrets),
      ...(channel === undefined ? {} : { listFiles: (place) => channel.list(place, call) }),
    });
  } finally {
    session?.close();
    await channel?.close();
  }
}

function fileChannelOf({ edi }: Tenant, clock: Clock): Channel | undefined {
  return edi === undefined || edi.channel.kind === 'attachment'
    ? undefined
    : openChannel(edi.channel, clock);
}

async function acceptsWebLogin(
  credential: Credential,
  tenant: Tenant,
  options: CallOptions & { readonly clock: Clock },
): Promise<boolean> {
  try {
    await credential((account) => openWebSession(tenant, account, options));
    return true;
  } catch (error) {
    if (error instanceof Failed && error.failure.code === 'credential.refused') return false;
    throw error;
  }
}
