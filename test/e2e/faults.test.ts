import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { labPaths, startOdoo, stopOdoo } from '../../deploy/lab/faults.ts';
import { answering } from '../faults/answering.ts';
import { orderwatch } from '../support/cli.ts';
import { admin, probe, tenantUrl } from '../support/lab.ts';
import { cutProxy } from '../support/proxy.ts';
import { stage } from '../support/runs.ts';

const SHORT = { run: '8s', compensation: '2s', call: '3s', sweepGrace: '1s' };

afterAll(async () => {
  const { command } = await stage();
  expect((await command('residue', '--now')).stdout).toBe(
    'north: residue none\nsouth: residue none\n',
  );
});

describe('a tenant that is down is to blame', () => {
  // What each fault looks like is the business of test/faults.
  it('and explain says why, and what would have changed the answer', async () => {
    const { run, command } = await stage({ tenants: ['north'], limits: SHORT });
    await stopOdoo();
    try {
      const { code, reports } = await run();
      expect(code).toBe(1);
      expect(reports[0]).toMatchObject({
        outcome: { kind: 'failed', failure: { code: 'odoo.gateway-error', layer: 'application' } },
        compensation: { kind: 'clean', actions: [] },
        diagnosis: { layers: ['application', 'ingress'] },
      });
      const runId = reports[0]?.runId ?? '';
      const explained = await command('explain', runId);
      expect(explained.code).toBe(0);
      expect(explained.stdout).toContain('nothing-behind-ingress: the ingress answers');
      expect(explained.stdout).toMatch(/postgres +unused +blame target, layer application/);
      const { otherwise } = JSON.parse((await command('explain', runId, '--json')).stdout) as {
        readonly otherwise: readonly object[];
      };
      expect(otherwise.length).toBeGreaterThan(5);
      const another = runId.replace('north', 'south');
      expect(await command('explain', another)).toMatchObject({ code: 3, stdout: '' });
    } finally {
      await startOdoo();
      await answering(Date.now() + 60_000);
    }
  });
});

describe('our own faults blame nobody else', () => {
  it('wrong password: inconclusive, and not tried a third time until doctor or a new secret', async () => {
    const secret = join(await mkdtemp(join(tmpdir(), 'orderwatch-test-')), 'password');
    await writeFile(secret, 'certainly-not-the-password');
    const { run, command } = await stage({
      tenants: ['north'],
      tenant: () => ({ credentials: { login: 'orderwatch-probe', password: `file:${secret}` } }),
    });
    for (const expected of ['credential.refused', 'credential.refused', 'credential.stopped']) {
      const { code, reports } = await run();
      expect(code).toBe(4);
      expect(reports[0]?.outcome).toMatchObject({
        kind: 'inconclusive',
        failure: { blame: 'fleet', code: expected },
      });
    }
    expect(await command('doctor')).toMatchObject({ code: 4 });
    const right = await readFile(join(labPaths().config, '../secrets/north-probe'), 'utf8');
    await writeFile(secret, right);
    expect((await run()).code).toBe(0);
  });

  it('a secret that is not there: inconclusive, by name', async () => {
    const { run } = await stage({
      tenants: ['north'],
      tenant: () => ({ credentials: { login: 'x', password: 'env:ORDERWATCH_TEST_UNSET' } }),
    });
    const { code, reports } = await run();
    expect(code).toBe(4);
    expect(reports[0]?.outcome).toMatchObject({
      failure: {
        code: 'secret.missing',
        message: 'the secret env:ORDERWATCH_TEST_UNSET is empty or not set',
      },
    });
  });

  it('a state folder that cannot be written: inconclusive, before anything is created', async () => {
    const { run, state } = await stage({ tenants: ['north'] });
    await writeFile(state, 'a file where the folder should be');
    const before = await orders();
    const { code, reports } = await run();
    expect(code).toBe(4);
    expect(reports[0]?.outcome).toMatchObject({
      failure: { code: 'state.unusable', blame: 'fleet' },
    });
    expect(await orders()).toBe(before);
  });
});

describe('a run that is stopped undoes what it made', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of a step', async (signal) => {
    // Slow enough that the signal arrives while Odoo confirms the order.
    await slow('update', 2);
    try {
      const { run, command } = await stage({ tenants: ['north'] });
      const access = await probe('north');
      const highest = await orders();
      const { code, reports } = await run(['--repeat', '3'], {
        onStart: (child) => {
          void (async () => {
            while ((await access.count('sale.order', [])) === highest) await sleep(50);
            child.kill(signal);
          })();
        },
      });
      expect(code).toBe(130);
      expect(reports).toHaveLength(1);
      expect(reports[0]?.outcome).toMatchObject({
        kind: 'inconclusive',
        failure: { code: 'run.interrupted', blame: 'fleet' },
      });
      expect(reports[0]?.compensation.kind).toBe('clean');
      expect((await command('residue', '--now')).code).toBe(0);
    } finally {
      await fast();
    }
  });

  it('--timeout of the whole command', async () => {
    await slow('update', 2);
    try {
      const { run, command } = await stage({ tenants: ['north'] });
      const { code } = await run(['--repeat', '5', '--timeout', '1500ms']);
      expect(code).toBe(5);
      expect((await command('residue', '--now')).code).toBe(0);
    } finally {
      await fast();
    }
  });
});

it('a slow step that uses up the run is the tenant’s; what commits late is swept', async () => {
  // The create commits after the client gave up and after the compensation looked for it.
  await slow('insert', 7);
  const { run, command } = await stage({ tenants: ['north'], limits: SHORT });
  let startedAt = '';
  try {
    const { code, reports } = await run();
    expect(code).toBe(1);
    expect(reports[0]).toMatchObject({
      outcome: {
        kind: 'failed',
        failure: { code: 'odoo.timeout', blame: 'target', step: 'create quotation' },
      },
      compensation: { kind: 'pending' },
    });
    startedAt = reports[0]?.startedAt ?? '';
    const left = async (): Promise<unknown> => (await command('residue', '--now')).code;
    await expect.poll(left, { timeout: 20_000, interval: 500 }).toBe(1);
  } finally {
    await fast();
  }
  // Until deadline and grace are over; a mark tells its deadline in whole seconds.
  await sleep(Math.max(0, Date.parse(startedAt) + 13_000 - Date.now()));
  expect((await command('sweep')).code).toBe(0);
  expect((await command('residue', '--now')).code).toBe(0);
});

describe('a capability that was there once', () => {
  it('is a failure when it is gone, until a person accepts it', async () => {
    const { run, command } = await stage({ tenants: ['north'] });
    expect(await command('doctor')).toMatchObject({ code: 0 });
    const owner = await admin('north');
    const access = await probe('north');
    const [user] = await owner.read('res.users', [access.uid], { group_ids: 'ids' });
    const groups = user?.group_ids ?? [];
    const [salesman] = await owner.searchRead(
      'ir.model.data',
      [
        ['module', '=', 'sales_team'],
        ['name', '=', 'group_sale_salesman'],
      ],
      { res_id: 'number' },
    );
    const without = groups.filter((id) => id !== salesman?.res_id);
    const give = (ids: readonly number[]) =>
      owner.write('res.users', 'write', [[access.uid], { group_ids: [[6, 0, ids]] }]);
    await give(without);
    try {
      const lost = await run();
      expect(lost.code).toBe(1);
      expect(lost.reports[0]?.outcome).toMatchObject({
        kind: 'failed',
        failure: { code: 'capability.lost', blame: 'target', layer: 'access' },
      });
      expect(await command('doctor')).toMatchObject({ code: 1 });
      expect(await command('doctor', '--accept')).toMatchObject({ code: 3 });
      const accepted = await run();
      expect(accepted.code).toBe(3);
      expect(accepted.reports[0]?.outcome).toMatchObject({ kind: 'skipped' });
    } finally {
      await give(groups);
    }
    expect((await run()).code).toBe(0);
  });

  it('is skipped when it was never there', async () => {
    // A fresh state knows nothing, and the administrator's own company is not the synthetic one.
    const { run } = await stage({
      tenants: ['north'],
      tenant: () => ({ credentials: { login: 'admin', password: 'env:ORDERWATCH_TEST_ADMIN' } }),
    });
    const { code, reports } = await run([], { env: { ORDERWATCH_TEST_ADMIN: 'admin' } });
    expect(code).toBe(3);
    expect(reports[0]?.outcome).toMatchObject({ kind: 'skipped' });
    expect(reports[0]?.documents).toEqual([]);
  });
});

it('doctor notices a URL that serves another database, which XML-RPC would not', async () => {
  const wrong = tenantUrl('south');
  const { command } = await stage({ tenants: ['north'], tenant: () => ({ url: wrong }) });
  const doctor = await command('doctor', '--json');
  expect(doctor.code).toBe(1);
  const { tenants } = JSON.parse(doctor.stdout) as { tenants: { findings: unknown[] }[] };
  expect(tenants[0]?.findings).toContainEqual(
    expect.objectContaining({ check: 'url', level: 'problem' }),
  );
});

it('no secret shows in anything that is printed or written, whatever happens', async () => {
  const password = (
    await readFile(join(labPaths().config, '../secrets/north-probe'), 'utf8')
  ).trim();
  const canary = 'canary-&<"ü-password-9173';
  const forms = [password, canary].flatMap((text) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    JSON.stringify(text).slice(1, -1),
  ]);
  // A proxy that answers with what it was sent: the worst thing a tenant can do with our secret.
  const echo = await echoServer();
  const written: string[] = [];
  const folders: string[] = [];
  const env = { ORDERWATCH_TEST_CANARY: canary };
  const play = async (url: string, reference?: string): Promise<void> => {
    const { folder, run, file, state } = await stage({
      tenants: ['north'],
      limits: SHORT,
      tenant: () => ({
        url,
        ...(reference === undefined
          ? {}
          : { credentials: { login: 'orderwatch-probe', password: reference } }),
      }),
    });
    const extra = ['--junit', join(folder, 'junit.xml'), '--artifacts', join(folder, 'artifacts')];
    const played = await run(extra, { env });
    written.push(played.stdout, played.stderr);
    for (const command of ['doctor', 'residue', 'sweep', 'check']) {
      const state_ = command === 'check' ? [] : ['--state', state];
      const result = await orderwatch([command, '--config', file, ...state_], { env });
      written.push(result.stdout, result.stderr);
    }
    folders.push(folder);
  };
  // Each with a state of its own, so that none waits for another.
  await Promise.all(
    [tenantUrl('north'), echo.url].flatMap((url) => [
      play(url),
      play(url, 'env:ORDERWATCH_TEST_CANARY'),
    ]),
  );
  await echo.close();
  for (const folder of folders) {
    for (const name of await readdir(folder, { recursive: true })) {
      written.push(await readFile(join(folder, name), 'utf8').catch(() => ''));
    }
  }
  const all = written.join('\n');
  expect(all.length).toBeGreaterThan(5_000);
  for (const form of forms) expect(all).not.toContain(form);
});

it('sends one create, and the mark is in it', async () => {
  const proxy = await cutProxy(tenantUrl('north'));
  const { run } = await stage({ tenants: ['north'], tenant: () => ({ url: proxy.url }) });
  await run();
  await proxy.close();
  const creates = proxy.bodies.filter((body) => body.includes('<name>order_line</name>'));
  expect(creates).toHaveLength(1);
  expect(creates[0]).toContain('<name>client_order_ref</name>');
});

async function orders(): Promise<number> {
  return await (await probe('north')).count('sale.order', []);
}

async function slow(on: 'insert' | 'update', seconds: number): Promise<void> {
  const when =
    on === 'update' ? "when (new.state = 'sale' and old.state is distinct from 'sale')" : '';
  await labPaths().psql(
    'north',
    `create or replace function ow_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$;
     drop trigger if exists ow_slow on sale_order;
     create trigger ow_slow before ${on} on sale_order for each row ${when} execute function ow_slow();`,
  );
}

async function fast(): Promise<void> {
  await labPaths().psql('north', 'drop trigger if exists ow_slow on sale_order');
}

async function echoServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const http = await import('node:http');
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const text = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>2</int></value></member><member><name>faultString</name><value><string>${text}</string></value></member></struct></value></fault></methodResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
