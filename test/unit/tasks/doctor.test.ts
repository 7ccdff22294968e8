/** The doctor: what he finds, what he remembers, and that he never throws and never writes. */
import { describe, expect, it } from 'vitest';
import { Failed } from '../../../src/domain/failure.ts';
import { Access, CallLog } from '../../../src/engine/access.ts';
import { toFailure } from '../../../src/engine/boundary.ts';
import { examine } from '../../../src/tasks/doctor/doctor.ts';
import type { Examination, Patient } from '../../../src/tasks/doctor/patient.ts';
import { scenarioOf, tenantOf, World } from '../../support/unit/engine.ts';

const TOO_MANY = [
  'create on res.partner',
  'write on product.product',
  'unlink on sale.order',
  'write on stock.warehouse',
  'write on account.journal',
  'write on res.company',
  'write on res.users',
] as const;

/** A tenant without anything to complain about. */
function healthy(): World {
  const world = new World();
  Object.assign(world.odoo.row('res.users', 7), { tz: 'Europe/Paris', company_ids: [2] });
  Object.assign(world.odoo.row('res.company', 2), { stock_move_email_validation: false });
  Object.assign(world.odoo.row('res.partner', 11), { phone: false, email: false });
  Object.assign(world.odoo.row('product.product', 12), { tracking: 'none', free_qty: 900 });
  for (const right of TOO_MANY) world.odoo.deniedRights.add(right);
  return world;
}

async function examined(world: World, change: Partial<Patient> = {}): Promise<Examination> {
  const fence = (): Promise<void> => Promise.reject(new Error('doctor writes nothing'));
  const signal = new AbortController().signal;
  return await examine({
    tenant: world.tenant,
    scenarios: [scenarioOf()],
    readiness: world.engine.readiness,
    nowMs: world.clock.now(),
    accept: false,
    version: () => Promise.resolve('19.0'),
    acceptsWebLogin: () => Promise.resolve(true),
    signIn: () =>
      Promise.resolve(
        new Access(
          world.odoo.session(),
          { callMs: 1_000, signal, fence },
          new CallLog(world.clock),
        ),
      ),
    certificate: () => Promise.resolve(undefined),
    clockSkewMs: () => Promise.resolve(undefined),
    failureOf: (thrown) =>
      toFailure(thrown, { inScenario: false, stalledMs: 0, elapsedMs: 0, secrets: [] }),
    ...change,
  });
}

const found = ({ findings }: Examination, check: string) =>
  findings.find((one) => one.check === check);

describe('a healthy tenant', () => {
  it('has nothing but good findings and is ready', async () => {
    const examination = await examined(healthy());
    expect(examination.findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(examination.scenarios).toEqual([{ scenario: 'order', status: 'ready' }]);
  });

  it('is not written to', async () => {
    const world = healthy();
    await examined(world);
    expect(world.odoo.writes()).toEqual([]);
  });
});

describe('what would do harm', () => {
  const cases: readonly (readonly [string, string, string, (world: World) => void])[] = [
    [
      'delivery e-mails',
      'delivery e-mail',
      'problem',
      ({ odoo }) => (odoo.row('res.company', 2)['stock_move_email_validation'] = true),
    ],
    [
      'a customer with a phone',
      'customer',
      'problem',
      ({ odoo }) => (odoo.row('res.partner', 11)['phone'] = '+33 1'),
    ],
    [
      'a customer with an e-mail',
      'customer',
      'problem',
      ({ odoo }) => (odoo.row('res.partner', 11)['email'] = 'a@b'),
    ],
    [
      'a user in two companies',
      'companies',
      'problem',
      ({ odoo }) => (odoo.row('res.users', 7)['company_ids'] = [1, 2]),
    ],
    [
      'a user in another time zone',
      'time zone',
      'warning',
      ({ odoo }) => (odoo.row('res.users', 7)['tz'] = 'UTC'),
    ],
    [
      'a user without a time zone',
      'time zone',
      'warning',
      ({ odoo }) => (odoo.row('res.users', 7)['tz'] = false),
    ],
    ...TOO_MANY.map(
      (right) =>
        [
          `a user with the right ${right}`,
          'rights',
          'warning',
          ({ odoo }: World) => odoo.deniedRights.delete(right),
        ] as const,
    ),
    [
      'a product with serial numbers',
      'product',
      'warning',
      ({ odoo }) => (odoo.row('product.product', 12)['tracking'] = 'serial'),
    ],
    [
      'little stock',
      'stock',
      'warning',
      ({ odoo }) => (odoo.row('product.product', 12)['free_qty'] = 49),
    ],
  ];

  it.each(cases)('%s is found', async (_, check, level, change) => {
    const world = healthy();
    change(world);
    expect(found(await examined(world), check)?.level).toBe(level);
  });

  it('a URL that leads to another database is a problem', async () => {
    const examination = await examined(healthy(), {
      acceptsWebLogin: () => Promise.resolve(false),
    });
    expect(found(examination, 'url')?.level).toBe('problem');
  });

  it.each([
    [13, 'warning'],
    [15, undefined],
  ])('a consent that ends in %d days: %s', async (days, level) => {
    const world = healthy();
    const untilMs = world.clock.now() + days * 86_400_000;
    world.tenant = tenantOf({ consent: { level: 'full', by: 'Ada', untilMs } });
    expect(found(await examined(world), 'consent')?.level).toBe(level);
  });
});

describe('a scenario', () => {
  it('is skipped while a condition of its runs does not hold', async () => {
    const world = healthy();
    Object.assign(world.odoo.row('product.product', 12), { free_qty: 49 });
    const { needs } = scenarioOf();
    const scenario = scenarioOf({ needs: { ...needs, conditions: ['stock'] } });
    expect((await examined(world, { scenarios: [scenario] })).scenarios).toEqual([
      {
        scenario: 'order',
        status: 'skipped',
        reason: 'only 49 of the product are free, the floor is 50 (run: orderwatch provision)',
      },
    ]);
  });

  it('is skipped where something was never there', async () => {
    const world = healthy();
    world.odoo.modules.delete('sale_stock');
    expect((await examined(world)).scenarios).toEqual([
      { scenario: 'order', status: 'skipped', reason: 'missing: module sale_stock' },
    ]);
  });

  it('is lost where something was there, and stays lost, until that is accepted', async () => {
    const world = healthy();
    await examined(world);
    world.odoo.modules.delete('sale_stock');
    expect((await examined(world)).scenarios[0]?.status).toBe('lost');
    expect((await examined(world)).scenarios[0]?.status).toBe('lost');
    expect((await examined(world, { accept: true })).scenarios[0]?.status).toBe('skipped');
    expect((await examined(world)).scenarios[0]?.status).toBe('skipped');
  });

  it('is skipped for consent and transport, in words', async () => {
    const world = healthy();
    world.tenant = tenantOf({ consent: { level: 'read-only' } });
    expect((await examined(world)).scenarios[0]?.reason).toBe(
      'consent is read-only, this scenario needs reversible',
    );
    world.tenant = tenantOf({ transports: ['browser'] });
    expect((await examined(world)).scenarios[0]?.reason).toBe('runs over rpc only');
  });
});

describe('a tenant that cannot be examined', () => {
  it.each([
    [
      'target',
      'problem',
      { code: 'odoo.unreachable', blame: 'target', layer: 'network', message: 'down' },
    ],
    ['fleet', 'unknown', { code: 'credential.refused', blame: 'fleet', message: 'no' }],
  ] as const)('by fault of the %s is a finding: %s', async (_, level, failure) => {
    const examination = await examined(healthy(), {
      signIn: () => Promise.reject(new Failed(failure)),
    });
    expect(found(examination, failure.code)).toEqual({
      check: failure.code,
      level,
      message: failure.message,
    });
    expect(examination.scenarios).toEqual([
      { scenario: 'order', status: 'unknown', reason: failure.message },
    ]);
  });

  it('because its company was archived has withdrawn its consent', async () => {
    const world = healthy();
    world.odoo.row('res.company', 2)['active'] = false;
    const examination = await examined(world);
    expect(found(examination, 'consent')).toMatchObject({ level: 'warning' });
    expect(examination.scenarios[0]?.status).toBe('skipped');
  });

  it('is remembered as nothing', async () => {
    const world = healthy();
    await examined(world, { signIn: () => Promise.reject(new Error('x')) });
    expect(world.readiness.size).toBe(0);
  });

  it('but is only not provisioned is told so', async () => {
    const world = healthy();
    world.odoo.rows('product.product').length = 0;
    const examination = await examined(world);
    expect(found(examination, 'provisioned')).toMatchObject({
      level: 'warning',
      message: 'missing: product ORDERWATCH-PRODUCT (run: orderwatch provision)',
    });
  });
});

describe('what will be trouble one day', () => {
  const DAY = 86_400_000;
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const addKey = ({ odoo }: World, expiresMs: number, id = 1): unknown =>
    odoo.add('res.users.apikeys', { id, user_id: [7, 'probe'], expiration_date: at(expiresMs) });
  const addAction = ({ odoo }: World, nextMs: number, active = true): unknown =>
    odoo.add('ir.cron', { id: nextMs, active, nextcall: at(nextMs) });

  it.each([
    [30 * DAY, 'ok', 'expires in 30 days, on 2026-07-31'],
    [14 * DAY, 'ok', 'expires in 14 days, on 2026-07-15'],
    [13.9 * DAY, 'warning', 'expires in 13 days, on 2026-07-15: renew it'],
    [7_200_000, 'warning', 'expires in 2 h, on 2026-07-01: renew it'],
    [0, 'problem', 'expired on 2026-07-01: renew it'],
    [-DAY, 'problem', 'expired on 2026-06-30: renew it'],
  ])('a certificate that ends in %d ms is: %s', async (leftMs, level, message) => {
    const world = healthy();
    const expiresMs = world.clock.now() + leftMs;
    const certificate: Patient['certificate'] = () => Promise.resolve({ expiresMs });
    const examination = await examined(world, { certificate });
    expect(found(examination, 'certificate')).toEqual({ check: 'certificate', level, message });
  });

  it('an expired certificate is told although Odoo cannot be reached', async () => {
    const examination = await examined(healthy(), {
      version: () => Promise.reject(new Error('x')),
      certificate: () => Promise.resolve({ expiresMs: 0 }),
    });
    expect(found(examination, 'certificate')?.level).toBe('problem');
  });

  it.each([
    [30, 'ok', 'expires in 30 days, on 2026-07-31'],
    [9, 'warning', 'expires in 9 days, on 2026-07-10: make a new one, and revoke the old one'],
    [-1, 'problem', 'expired on 2026-06-30: make a new one, and revoke the old one'],
  ])('an API key that ends in %d days is: %s', async (days, level, message) => {
    const world = healthy();
    addKey(world, world.clock.now() + 90 * DAY, 1);
    addKey(world, world.clock.now() + days * DAY, 2);
    const examination = await examined(world);
    expect(found(examination, 'api key')).toEqual({ check: 'api key', level, message });
  });

  it.each([
    [-60_000, 'ok', 'none is late'],
    [40_000, 'ok', 'the latest is late by 40.0 s'],
    [600_000, 'ok', 'the latest is late by 10 m'],
    [660_000, 'warning', 'the latest is late by 11 m: Odoo cannot keep up with them, or runs none'],
  ])('a scheduled action that is late by %d ms is: %s', async (lateMs, level, message) => {
    const world = healthy();
    const now = world.clock.now();
    addAction(world, now + DAY);
    addAction(world, now - lateMs);
    addAction(world, now - DAY, false);
    const examination = await examined(world);
    const check = 'scheduled actions';
    expect(found(examination, check)).toEqual({ check, level, message });
  });

  it.each([
    [300, 'ok', "the tenant's is ahead of ours by 300 ms"],
    [-5_000, 'ok', "ours is ahead of the tenant's by 5.00 s"],
    [
      5_001,
      'warning',
      "the tenant's is ahead of ours by 5.00 s: deadlines of marks depend on it, set it right",
    ],
    [
      -90_000,
      'warning',
      "ours is ahead of the tenant's by 1 m 30 s: deadlines of marks depend on it, set it right",
    ],
  ])('a clock that is ahead by %d ms is: %s', async (skewMs, level, message) => {
    const clockSkewMs: Patient['clockSkewMs'] = () => Promise.resolve(skewMs);
    const examination = await examined(healthy(), { clockSkewMs });
    expect(found(examination, 'clock')).toEqual({ check: 'clock', level, message });
  });

  it('says nothing where there is no key, no certificate and no right to read the actions', async () => {
    const world = healthy();
    world.odoo.deniedRights.add('read on ir.cron');
    const examination = await examined(world);
    for (const check of ['certificate', 'api key', 'scheduled actions', 'clock']) {
      expect(found(examination, check), check).toBeUndefined();
    }
    expect(examination.scenarios[0]?.status).toBe('ready');
  });

  it('is a warning where nobody could look', async () => {
    const failure = { code: 'fleet.network', blame: 'fleet', message: 'no route' } as const;
    const fail = (): Promise<never> => Promise.reject(new Failed(failure));
    const examination = await examined(healthy(), { certificate: fail, clockSkewMs: fail });
    const message = 'could not be looked at: no route (fleet.network)';
    for (const check of ['certificate', 'clock']) {
      expect(found(examination, check)).toEqual({ check, level: 'warning', message });
    }
  });
});

describe('the channel of EDI files', () => {
  const folder = { kind: 'folder', in: '/srv/in', out: '/srv/out' } as const;
  const file = { name: 'a', bytes: 1, modifiedMs: 0 };
  const withChannel = (): World => {
    const world = healthy();
    world.tenant = tenantOf({ edi: { syntax: 'x12', answerWithinMs: 60_000, channel: folder } });
    return world;
  };

  it('is not looked at where there is none', async () => {
    expect(found(await examined(healthy()), 'edi channel')).toBeUndefined();
  });

  it('is listed at both places, and how many files wait there is told', async () => {
    const listFiles: Patient['listFiles'] = (place) =>
      Promise.resolve(place === 'in' ? [file] : []);
    expect(found(await examined(withChannel(), { listFiles }), 'edi channel')).toEqual({
      check: 'edi channel',
      level: 'ok',
      message: 'folder: 1 in, 0 out',
    });
  });

  it.each([
    [
      'ours',
      'unknown',
      { code: 'channel.no-folder', blame: 'fleet', message: 'gone' },
      'make the folder',
    ],
    [
      'the other server’s',
      'problem',
      { code: 'channel.unreachable', blame: 'target', layer: 'network', message: 'down' },
      'ask who runs that server',
    ],
    [
      'nobody’s',
      'unknown',
      { code: 'fleet.network', blame: 'fleet', message: 'x' },
      'look at this machine',
    ],
  ] as const)('that fails is one finding with a remedy: %s', async (_, level, failure, remedy) => {
    const examination = await examined(withChannel(), {
      listFiles: () => Promise.reject(new Failed(failure)),
    });
    expect(found(examination, 'edi channel')).toMatchObject({
      level,
      message: expect.stringContaining(`(${failure.code}): ${remedy}`) as string,
    });
    expect(examination.scenarios[0]?.status).toBe('ready');
  });

  it('is looked at although Odoo cannot be reached', async () => {
    const examination = await examined(withChannel(), {
      signIn: () => Promise.reject(new Error('x')),
      listFiles: () => Promise.resolve([]),
    });
    expect(found(examination, 'edi channel')?.level).toBe('ok');
  });
});
