/** Early warnings: what the probe user can tell of itself, and that what it cannot is absent, not an error. */
import { describe, expect, it } from 'vitest';
import { Access, CallLog } from '../../../src/engine/access.ts';
import { accountWarnings, earlyWarnings } from '../../../src/engine/warnings.ts';
import { World } from '../../support/unit/engine.ts';
import {
  accessRefused,
  missingCapability,
  refused,
  replyLost,
  UID,
} from '../../support/unit/odoo.ts';

const { signal } = new AbortController();

function look(world: World) {
  const fence = (): Promise<void> => Promise.reject(new Error('a look writes nothing'));
  const options = { callMs: 1_000, signal, fence };
  const access = new Access(world.odoo.session(), options, new CallLog(world.clock));
  return accountWarnings(access, world.clock.now());
}

/** A key of the probe user, one of somebody else, and an action that is two minutes late. */
function aged(): World {
  const world = new World();
  const keys = [
    [1, UID, false],
    [2, UID, '2026-09-01 00:00:00'],
    [3, UID, '2026-08-01 12:00:00'],
    [4, 99, '2026-07-02 00:00:00'],
  ] as const;
  for (const [id, user, expiration_date] of keys) {
    const user_id = [user, 'somebody'];
    world.odoo.add('res.users.apikeys', { id, name: 'laptop of Ada', user_id, expiration_date });
  }
  world.odoo.add('ir.cron', { id: 1, active: true, nextcall: '2026-07-01 10:30:00' });
  world.odoo.add('ir.cron', { id: 2, active: true, nextcall: '2026-07-01 09:58:00' });
  world.odoo.add('ir.cron', { id: 3, active: false, nextcall: '2026-01-01 00:00:00' });
  return world;
}

const KEY_END = Date.UTC(2026, 7, 1, 12);

describe('what the probe user can tell', () => {
  it('is the end of the first of its own keys, and the lag of the latest active action', async () => {
    const world = aged();
    expect(await look(world)).toEqual({
      apiKeyExpiresMs: KEY_END,
      scheduledActionLagMs: 120_000,
    });
    expect(world.odoo.writes()).toEqual([]);
  });

  it('is asked without the names of keys', async () => {
    const world = aged();
    await look(world);
    const asked = world.odoo.params[world.odoo.calls.indexOf('res.users.apikeys.search_read')];
    expect(asked?.kwargs?.['fields']).toEqual(['expiration_date']);
  });

  it('is nothing of keys where none ends, and no lag where nothing is late', async () => {
    const world = new World();
    const key = { id: 1, user_id: [UID, 'probe'], expiration_date: false };
    world.odoo.add('res.users.apikeys', key);
    expect(await look(world)).toEqual({ scheduledActionLagMs: 0 });
    world.odoo.add('ir.cron', { id: 1, active: true, nextcall: '2026-07-01 10:00:30' });
    expect(await look(world)).toEqual({ scheduledActionLagMs: 0 });
  });

  it('is absent where Odoo answers no instant', async () => {
    const world = new World();
    const key = { id: 1, user_id: [UID, 'probe'], expiration_date: 'soon' };
    world.odoo.add('res.users.apikeys', key);
    world.odoo.add('ir.cron', { id: 1, active: true, nextcall: 'never' });
    expect(await look(world)).toEqual({});
  });

  it('is not asked for, so that Odoo logs no refusal, where the right to read is not there', async () => {
    const world = aged();
    world.odoo.deniedRights.add('read on ir.cron');
    expect(await look(world)).toEqual({ apiKeyExpiresMs: KEY_END });
    expect(world.odoo.calls).not.toContain('ir.cron.search_read');
  });

  it.each([
    ['a right', accessRefused],
    ['a field or method', missingCapability],
    ['a model', refused],
  ])('is absent, and the other one is not, where there is no such thing: %s', async (_, no) => {
    const fail = (): never => {
      throw no('no');
    };
    const noKeys = aged();
    noKeys.odoo.on('res.users.apikeys.search_read', fail);
    expect(await look(noKeys)).toEqual({ scheduledActionLagMs: 120_000 });
    for (const call of ['ir.cron.has_access', 'ir.cron.search_read']) {
      const noActions = aged();
      noActions.odoo.on(call, fail);
      expect(await look(noActions), call).toEqual({ apiKeyExpiresMs: KEY_END });
    }
  });

  it('is an error where the answer was lost', async () => {
    const world = aged();
    world.odoo.on('ir.cron.search_read', () => {
      throw replyLost();
    });
    await expect(look(world)).rejects.toMatchObject({ failure: { code: 'odoo.timeout' } });
  });
});

describe('all there is of a tenant', () => {
  const all = (world: World) =>
    earlyWarnings(
      world.tenant,
      world.engine,
      {
        certificate: () => Promise.resolve({ expiresMs: 5 }),
        clockSkewMs: (_, { timeoutMs }) => Promise.resolve(timeoutMs),
      },
      signal,
    );

  it('is told with one session, and what is seen from outside has the time of a call', async () => {
    const world = aged();
    Object.assign(world.odoo.row('product.product', 12), { tracking: 'none', free_qty: 12 });
    expect(await all(world)).toEqual({
      apiKeyExpiresMs: KEY_END,
      scheduledActionLagMs: 120_000,
      certificateExpiresMs: 5,
      clockSkewMs: world.tenant.limits.callMs,
      freeUnits: 12,
    });
    expect(world.odoo.closed).toBe(1);
    expect(world.events).not.toContain('lease');
  });

  it('is what can be seen from outside where the tenant is not provisioned, or away', async () => {
    const world = aged();
    world.odoo.row('res.company', 2)['name'] = 'Real Ltd';
    expect(await all(world)).toEqual({ certificateExpiresMs: 5, clockSkewMs: 10_000 });
    world.odoo.on('res.users.read', () => {
      throw replyLost();
    });
    expect(await all(world)).toEqual({ certificateExpiresMs: 5, clockSkewMs: 10_000 });
  });

  it('is nothing of stock where Odoo keeps none', async () => {
    const world = aged();
    world.odoo.on('product.product.search_read', () => {
      throw missingCapability('Invalid field free_qty');
    });
    expect(await all(world)).not.toHaveProperty('freeUnits');
    expect(await all(world)).toHaveProperty('apiKeyExpiresMs');
  });
});
