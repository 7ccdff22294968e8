/** What will be trouble one day: nothing of it fails a run yet, and each of it can be told before it does. */
import { Failed } from '../domain/failure.ts';
import type { Tenant } from '../domain/tenant.ts';
import { within } from '../lib/deadline.ts';
import type { Access } from './access.ts';
import { findProduct } from './books.ts';
import type { OutsideWarnings } from './ports.ts';
import type { Engine } from './run-state.ts';
import { LONGEST_VISIT_MS, type Visit, visit } from './visit.ts';

/** What the probe user can read of itself and of Odoo. What it may not, or what there is not, is absent. */
export interface AccountWarnings {
  /** When the first of its own API keys ends, epoch milliseconds; absent where none ends by itself. */
  readonly apiKeyExpiresMs?: number;
  /** How late the latest of the active scheduled actions is by our clock, milliseconds; 0 where none is. */
  readonly scheduledActionLagMs?: number;
}

export interface EarlyWarnings extends AccountWarnings {
  /** Epoch milliseconds. */
  readonly certificateExpiresMs?: number;
  /** Milliseconds; positive where the tenant's clock is ahead of ours. */
  readonly clockSkewMs?: number;
  /** Units of the product that nobody holds, runs under way included. */
  readonly freeUnits?: number;
}

/** `nowMs` is epoch milliseconds. Rejects with Failed when it cannot be asked; a right it lacks is none. */
export async function accountWarnings(access: Access, nowMs: number): Promise<AccountWarnings> {
  const [apiKeyExpiresMs, nextCallMs] = await Promise.all([
    whereOffered(() => firstKeyEnd(access)),
    whereOffered(() => firstCall(access)),
  ]);
  const lag = nextCallMs === undefined ? undefined : Math.max(0, nowMs - nextCallMs);
  return known({ apiKeyExpiresMs, scheduledActionLagMs: lag });
}

/** All there is of a tenant, with a session of its own. Never throws: what cannot be had now is absent. */
export async function earlyWarnings(
  tenant: Tenant,
  engine: Engine,
  outside: OutsideWarnings,
  signal: AbortSignal,
): Promise<EarlyWarnings> {
  const { callMs } = tenant.limits;
  const had = async <T>(ms: number, ask: (signal: AbortSignal) => Promise<T>) =>
    await within(engine.clock, ms, signal, ask).catch(() => undefined);
  const asked = (inTime: AbortSignal) => ({ timeoutMs: callMs, signal: inTime });
  const [inside, certificate, clockSkewMs] = await Promise.all([
    had(LONGEST_VISIT_MS, (inTime) => visitWarnings(tenant, engine, inTime)),
    had(callMs, (inTime) => outside.certificate(tenant, asked(inTime))),
    had(callMs, (inTime) => outside.clockSkewMs(tenant, asked(inTime))),
  ]);
  return known({ ...inside, certificateExpiresMs: certificate?.expiresMs, clockSkewMs });
}

async function visitWarnings(
  tenant: Tenant,
  engine: Engine,
  signal: AbortSignal,
): Promise<EarlyWarnings> {
  const fence = (): Promise<void> => Promise.reject(new Error('a look ahead writes nothing'));
  return await visit(tenant, engine, { signal, fence }, async (own) => {
    const [account, freeUnits] = await Promise.all([
      accountWarnings(own.access, engine.clock.now()),
      whereOffered(() => freeStock(own)),
    ]);
    return known({ ...account, freeUnits });
  });
}

// Not of the books: those are read while nothing is open only, so the series would come and go.
const freeStock = async ({ access, companyId }: Visit): Promise<number | undefined> =>
  (await findProduct(access, companyId))?.free_qty;

async function firstKeyEnd(access: Access): Promise<number | undefined> {
  const [key] = await access.searchRead(
    'res.users.apikeys',
    [
      // Administrators see everybody's.
      ['user_id', '=', access.uid],
      ['expiration_date', '!=', false],
    ],
    { expiration_date: 'text' },
    { order: 'expiration_date', limit: 1 },
  );
  return instantOf(key?.expiration_date);
}

async function firstCall(access: Access): Promise<number | undefined> {
  // Odoo logs each read that it refuses, and this is asked every minute.
  if ((await access.ask('ir.cron', 'has_access', [[], 'read'])) !== true) return undefined;
  const [action] = await access.searchRead(
    'ir.cron',
    [['active', '=', true]],
    { nextcall: 'text' },
    { order: 'nextcall', limit: 1 },
  );
  return action === undefined ? Infinity : instantOf(action.nextcall);
}

/** Undefined where the user lacks the right, or Odoo the model or field. */
async function whereOffered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failed && NOT_OFFERED.has(error.failure.code)) return undefined;
    throw error;
  }
}

const NOT_OFFERED = new Set(['odoo.access', 'odoo.missing-capability', 'odoo.refused']);

/** Odoo answers UTC without saying so: `2026-07-01 10:00:00`. */
const instantOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(`${text.replace(' ', 'T')}Z`);

/** Without what is absent, and without what is no number. */
function known(all: { readonly [K in keyof EarlyWarnings]: number | undefined }): EarlyWarnings {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
}
