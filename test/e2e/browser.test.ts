import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import { type LabTenant, probe, tenants, tenantUrl } from '../support/lab.ts';
import { cutProxy } from '../support/proxy.ts';
import { stage } from '../support/runs.ts';

const BROWSER = { transports: ['browser'] } as const;
const ORDER = ['--scenario', 'order-confirmation'] as const;

afterAll(async () => {
  const { command } = await stage();
  expect((await command('residue', '--now')).stdout).toBe(
    'north: residue none\nsouth: residue none\n',
  );
});

it.concurrent.each(tenants)(
  'order confirmation in the browser in %s passes by clicks of the page alone, times each step by its own transport, and leaves nothing open',
  async (tenant) => {
    const proxy = await cutProxy(tenantUrl(tenant));
    const { run, command } = await stage({
      tenants: [tenant],
      tenant: () => ({ ...BROWSER, url: proxy.url }),
    });
    const { code, reports } = await run([...ORDER]);
    const residue = await command('residue', '--now');
    await proxy.close();
    expect(code, JSON.stringify(reports[0]?.outcome)).toBe(0);
    expect(residue.stdout).toBe(`${tenant}: residue none\n`);

    const page = proxy.paths.filter((path) => path.startsWith('/web/dataset/'));
    const times = (call: string): number => page.filter((path) => path.includes(call)).length;
    expect(times('/call_button/sale.order/action_confirm')).toBe(1);
    expect(times('/call_kw/sale.order/web_save')).toBe(1);
    const rpc = proxy.bodies.filter((body) => body.includes('<methodCall>'));
    expect(rpc.some((body) => body.includes('action_confirm'))).toBe(false);
    expect(rpc.some((body) => body.includes('<name>order_line</name>'))).toBe(false);

    const steps = new Map(reports[0]?.steps.map((step) => [step.name, step]));
    for (const name of ['load web client', 'create quotation', 'confirm order']) {
      const { transport, serverMs = 0, durationMs = 0 } = steps.get(name) ?? {};
      expect(transport, name).toBe('browser');
      expect(serverMs, name).toBeGreaterThan(0);
      expect(serverMs, name).toBeLessThanOrEqual(durationMs);
    }
    expect(steps.get('read back')).toMatchObject({ transport: 'rpc' });
    expect(steps.get('read back')).not.toHaveProperty('serverMs');
  },
);

it('a page that Odoo does not answer is the tenant’s, and the page is kept to look at', async () => {
  await labPaths().psql('north', SLOW);
  try {
    const { run, folder } = await stage({
      tenants: ['north'],
      tenant: () => BROWSER,
      limits: { run: '40s', compensation: '20s', call: '5s' },
    });
    const artifacts = join(folder, 'artifacts');
    const { code, reports } = await run([...ORDER, '--artifacts', artifacts]);
    expect(code).toBe(1);
    expect(reports[0]?.outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'odoo.timeout', blame: 'target', step: 'confirm order' },
    });
    const [report] = reports;
    const own = join(artifacts, report?.runId ?? '');
    const png = await readFile(join(own, 'page.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const calls = JSON.parse(await readFile(join(own, 'page-calls.json'), 'utf8')) as unknown[];
    expect(calls).toContainEqual(
      expect.objectContaining({ call: 'call_kw sale.order.web_save', status: 200 }),
    );
    expect(report?.compensation.kind).toBe('clean');
  } finally {
    await labPaths().psql('north', 'drop trigger if exists ow_slow on sale_order');
  }
});

it('a browser that is not there is our trouble, said in one line with the remedy', async () => {
  const { run } = await stage({ tenants: ['north'], tenant: () => BROWSER });
  const { code, reports } = await run([...ORDER], {
    env: { ORDERWATCH_CHROMIUM: '/nowhere/chromium' },
  });
  expect(code).toBe(4);
  expect(reports[0]?.outcome).toMatchObject({
    kind: 'inconclusive',
    failure: {
      blame: 'fleet',
      code: 'browser.missing',
      message:
        'no Chromium at /nowhere/chromium: install the package chromium, or name it in ORDERWATCH_CHROMIUM',
    },
  });
});

describe('a run that is cut while it types', () => {
  it.concurrent.each([
    ['SIGINT', 'north'],
    ['SIGKILL', 'south'],
  ] as const)('by %s leaves no order that nobody can find in %s', async (signal, tenant) => {
    const access = await probe(tenant);
    const before = await unmarked(tenant);
    const { run, command } = await stage({
      tenants: [tenant],
      tenant: () => BROWSER,
      limits: { run: '40s', compensation: '2s', call: '10s', sweepGrace: '1s' },
    });
    // The third onchange comes when customer and mark are typed and nothing is saved yet.
    let child: ChildProcess | undefined;
    const proxy = await cutProxy(tenantUrl(tenant));
    const cut = await stage({
      tenants: [tenant],
      tenant: () => ({ ...BROWSER, url: proxy.url }),
      limits: { run: '40s', compensation: '2s', call: '10s', sweepGrace: '1s' },
    });
    const watching = (async () => {
      while (proxy.paths.filter((path) => path.includes('/onchange')).length < 3) await sleep(20);
      child?.kill(signal);
    })();
    const played = await cut.run([...ORDER], {
      onStart: (started) => {
        child = started;
      },
    });
    await watching;
    await sleep(1_500);
    await proxy.close();
    expect(played.code).toBe(signal === 'SIGINT' ? 130 : undefined);
    expect(await unmarked(tenant)).toBe(before);
    expect(await access.count('sale.order', [['state', '!=', 'cancel']])).toBe(0);
    expect(browsersOf(child?.pid ?? 0)).toEqual([]);
    expect((await command('residue', '--now')).code).toBe(0);
    // The profile that a killed process left is swept by the next browser; the run itself passes.
    expect((await run([...ORDER])).code).toBe(0);
  });
});

/** Confirming an order takes longer than a call may. */
const SLOW = `
  create or replace function ow_slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(8); return new; end $$;
  drop trigger if exists ow_slow on sale_order;
  create trigger ow_slow before update on sale_order for each row
    when (new.state = 'sale' and old.state is distinct from 'sale') execute function ow_slow();`;

async function unmarked(tenant: LabTenant): Promise<number> {
  return await (await probe(tenant)).count('sale.order', [['client_order_ref', '=', false]]);
}

/** Chromium processes that our process started and that still live. */
function browsersOf(pid: number): readonly string[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return all
    .split('\n')
    .filter((line) => line.includes('chromium') && line.trim().split(/\s+/)[1] === String(pid));
}
