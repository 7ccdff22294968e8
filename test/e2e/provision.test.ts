import { describe, expect, it } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import { COMPANY_NAME } from '../../src/domain/fixtures.ts';
import { orderwatch } from '../support/cli.ts';
import { admin, labConfig, probe, tenants } from '../support/lab.ts';
import { stage } from '../support/runs.ts';

const ADMIN = { ORDERWATCH_ADMIN_LOGIN: 'admin', ORDERWATCH_ADMIN_PASSWORD: 'admin' };

describe.each(tenants)('provision in %s', (tenant) => {
  it('changes nothing a second time and installs no module', async () => {
    const access = await admin(tenant);
    const modules = await access.count('ir.module.module', [['state', '=', 'installed']]);
    const { file } = await labConfig({ tenants: [tenant] });
    const again = await orderwatch(['provision', '--config', file], { env: ADMIN });
    expect(again).toMatchObject({ code: 0, stdout: `${tenant}\n  nothing to change\n` });
    expect(await access.count('ir.module.module', [['state', '=', 'installed']])).toBe(modules);
  });

  it('made what its configuration asks for', async () => {
    const access = await admin(tenant);
    const [company] = await access.searchRead('res.company', [['name', '=', COMPANY_NAME]], {
      currency_id: 'many2one',
      chart_template: 'text',
    });
    const [warehouse] = await access.searchRead(
      'stock.warehouse',
      [['company_id', '=', company?.id ?? 0]],
      { delivery_steps: 'text' },
    );
    expect([
      company?.currency_id?.name,
      company?.chart_template,
      warehouse?.delivery_steps,
    ]).toEqual(
      { north: ['USD', 'us', 'ship_only'], south: ['EUR', 'fr', 'pick_pack_ship'] }[tenant],
    );
  });

  it('gives the probe user one company and none of the rights it does not need', async () => {
    const access = await probe(tenant);
    const [user] = await access.read('res.users', [access.uid], { company_ids: 'ids' });
    expect(user?.company_ids).toHaveLength(1);
    for (const model of ['res.partner', 'product.product', 'res.users', 'account.journal']) {
      expect(await access.ask(model, 'has_access', [[], 'create']), model).toBe(false);
    }
    const { command } = await stage({ tenants: [tenant] });
    const { stdout } = await command('doctor', '--json');
    const { tenants: seen } = JSON.parse(stdout) as { tenants: { findings: unknown[] }[] };
    expect(seen[0]?.findings).not.toContainEqual(expect.objectContaining({ check: 'rights' }));
    const visible = await access.searchRead('sale.order', [], { company_id: 'many2one' });
    expect(visible.every(({ company_id }) => company_id?.id === user?.company_ids[0])).toBe(true);
  });
});

it('leaves the probe user able to see when its own API keys end, and unable to read scheduled actions', async () => {
  const { uid } = await probe('north');
  const { psql } = labPaths();
  const add = (name: string, user: number, until: string): Promise<string> =>
    psql(
      'north',
      `insert into res_users_apikeys (name, user_id, index, key, expiration_date)
       values ('${name}', ${user}, '00000000', 'none', now() at time zone 'utc' + interval '${until}')`,
    );
  try {
    await add('orderwatch-test', uid, '9 days 1 hour');
    await add('orderwatch-test', uid, '40 days');
    await add('orderwatch-test', 2, '1 day');
    const { command } = await stage({ tenants: ['north'] });
    const { stdout } = await command('doctor', '--json');
    const { tenants: seen } = JSON.parse(stdout) as { tenants: { findings: unknown[] }[] };
    expect(seen[0]?.findings).toContainEqual({
      check: 'api key',
      level: 'warning',
      message: expect.stringContaining('expires in 9 days') as string,
    });
    expect(stdout).not.toContain('orderwatch-test');
    expect(stdout).not.toContain('scheduled actions');
  } finally {
    await psql('north', "delete from res_users_apikeys where name = 'orderwatch-test'");
  }
});

it('sets right what somebody changed, and lists exactly that', async () => {
  const { file } = await labConfig({ tenants: ['north'] });
  const owner = await admin('north');
  const access = await probe('north');
  await owner.write('res.users', 'write', [
    [access.uid],
    { tz: 'Asia/Tokyo', password: 'something else' },
  ]);
  const dry = await orderwatch(['provision', '--config', file, '--dry-run'], { env: ADMIN });
  expect(dry.stdout).toBe(`north (dry run)
  would correct time zone of orderwatch-probe
  would set the password of orderwatch-probe to ${await reference(file)}
`);
  const real = await orderwatch(['provision', '--config', file], { env: ADMIN });
  expect(real.stdout).toContain('2 changes made');
  const [user] = await owner.read('res.users', [access.uid], { tz: 'text' });
  expect(user?.tz).toBe('America/New_York');
  await expect(probe('north')).resolves.toBeDefined();
});

it('stops before any change when the tenant does not offer the language', async () => {
  const { file } = await labConfig({
    tenants: ['north'],
    tenant: () => ({
      provision: { country: 'US', currency: 'USD', language: 'sv_SE', deliverySteps: 'ship_only' },
    }),
  });
  const result = await orderwatch(['provision', '--config', file], { env: ADMIN });
  expect(result.code).toBe(1);
  expect(result.stdout).toContain('language sv_SE is not active in Odoo: activate it there first');
});

it('asks for an administrator by name when none is given', async () => {
  const { file } = await labConfig({ tenants: ['north'] });
  const result = await orderwatch(['provision', '--config', file], {
    env: { ORDERWATCH_ADMIN_LOGIN: '', ORDERWATCH_ADMIN_PASSWORD: '' },
  });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('set ORDERWATCH_ADMIN_LOGIN and ORDERWATCH_ADMIN_PASSWORD');
});

async function reference(file: string): Promise<string> {
  const { loadConfig } = await import('../../src/config/load.ts');
  return loadConfig(file, [], {}).tenants[0]?.credentials.password.name ?? '';
}
