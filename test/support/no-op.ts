/** A fleet whose runs do nothing: an Odoo that answers at once from memory, and a scenario with one empty step. */
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { COMPANY_NAME, CUSTOMER_REF } from '../../src/domain/fixtures.ts';
import type { TenantSession } from '../../src/engine/ports.ts';
import type { Scenario } from '../../src/scenario/contract.ts';
import type { StandIn } from '../../src/wire/compose.ts';
import type { Tellers } from '../../src/wire/services.ts';

const noOp = (lastsMs: number): Scenario => ({
  sdk: 1,
  id: 'no-op',
  title: 'Nothing',
  revision: 1,
  rows: { rpc: 0 },
  consent: 'read-only',
  transports: ['rpc'],
  steps: ['nothing'],
  needs: { modules: [], fields: {}, access: {} },
  run: (ctx) => ctx.step('nothing', () => (lastsMs > 0 ? sleep(lastsMs) : Promise.resolve())),
});

const RECORDS: Readonly<Record<string, object>> = {
  'res.users': { company_id: [1, COMPANY_NAME] },
  'res.company': { name: COMPANY_NAME, active: true },
  'res.partner': { name: 'customer', ref: CUSTOMER_REF },
  'product.product': { name: 'product', lst_price: 10 },
};

const session: TenantSession = {
  wire: 'xmlrpc',
  uid: 2,
  call: (model) => {
    const record = RECORDS[model];
    return Promise.resolve(record === undefined ? [] : [{ id: 1, ...record }]);
  },
  close: () => undefined,
};

/** Each run lasts so long. */
export const noOpsOf = (lastsMs: number): StandIn => ({
  scenarios: new Map([['no-op', noOp(lastsMs)]]),
  signIn: () => Promise.resolve(session),
});

export const noOps: StandIn = noOpsOf(0);

/** Hears nothing, but for what the caller wants to hear. */
export const deaf = {
  onReport: () => undefined,
  logSink: { name: 'log', most: 1, send: () => Promise.resolve() },
  onAccepted: () => undefined,
  onSwept: () => undefined,
  onReplenished: () => undefined,
  onDead: () => undefined,
  onTrouble: () => undefined,
} satisfies Tellers;

/**
 * One schedule for each of so many tenants, `tenant-0` and so on; `fleet` is written as it is, and so is `url`, where they
 * seem to be for who looks from outside. Their password is in `secret` beside the file.
 */
export function noOpConfiguration(
  fleet: Readonly<Record<string, unknown>>,
  tenants: number,
  timing: Readonly<Record<string, string>>,
  url?: string,
): string {
  const schedules = [{ scenarios: ['no-op'], ...timing }];
  const raw = {
    fleet: { ...fleet, schedules },
    tenants: Array.from({ length: tenants }, (_, n) => ({
      id: `tenant-${n}`,
      url: url ?? `http://tenant-${n}.invalid`,
      database: `tenant-${n}`,
      tier: '99.9',
      timeZone: 'UTC',
      platform: { cluster: 'bench', databaseHost: 'bench', hostingModel: 'shared' },
      credentials: { login: 'probe', password: 'file:secret' },
      provision: { country: 'FR', currency: 'EUR', language: 'en_US', deliverySteps: 'ship_only' },
    })),
  };
  // Looking for what is there twice takes minutes for a thousand tenants.
  return stringify(raw, { aliasDuplicateObjects: false });
}
