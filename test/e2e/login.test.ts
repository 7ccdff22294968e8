import type { ChildProcess } from 'node:child_process';
import { mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { apiKey, removeApiKeys } from '../support/keys.ts';
import { type LabTenant, probePassword, tenants, tenantUrl } from '../support/lab.ts';
import { type CutMode, type CutProxy, cutProxy } from '../support/proxy.ts';
import { type Stage, stage } from '../support/runs.ts';
import { findTexts, formsOf } from '../support/search.ts';
import { ownTemp } from '../support/temp.ts';

const BROWSER = { transports: ['browser'] } as const;
const LOGIN = ['--scenario', 'login'] as const;
const LIMITS = { run: '30s', compensation: '2s', call: '5s', sweepGrace: '1s' };

describe.each(tenants)('login in %s', (tenant) => {
  it('goes through the login page once, changes no record, and times each part', async () => {
    const { proxy, staged } = await behind(tenant);
    const { code, reports } = await staged.run([...LOGIN]);
    await proxy.close();
    expect(code, JSON.stringify(reports[0]?.outcome)).toBe(0);
    const steps = reports[0]?.steps.filter(({ phase }) => phase === 'measured') ?? [];
    expect(steps.map(({ name, transport }) => [name, transport])).toEqual([
      ['open login page', 'browser'],
      ['sign in', 'browser'],
      ['load web client', 'browser'],
      ['open sales', 'browser'],
    ]);
    for (const { name, serverMs = 0, durationMs } of steps) {
      expect(serverMs, name).toBeGreaterThan(0);
      expect(serverMs, name).toBeLessThanOrEqual(durationMs);
    }
    // The form is loaded once and sent once; nothing signs in beside it.
    expect(proxy.paths.filter((path) => path === '/web/login')).toHaveLength(2);
    expect(proxy.paths.filter((path) => path.includes('/web/session/authenticate'))).toEqual([]);
    expect(proxy.paths.filter((path) => /call_button|web_save/.test(path))).toEqual([]);
    expect(reports[0]?.documents).toEqual([]);
  });
});

it('a login that Odoo never answers is the tenant’s, with a trace that does not hold the password', async () => {
  const { proxy, staged } = await behind('north', 'before-response');
  const artifacts = join(staged.folder, 'artifacts');
  const { code, reports, stdout, stderr } = await staged.run([...LOGIN, '--artifacts', artifacts]);
  await proxy.close();
  expect(code, JSON.stringify(reports[0]?.outcome)).toBe(1);
  expect(reports[0]?.outcome).toMatchObject({
    kind: 'failed',
    failure: { code: 'odoo.unreachable', blame: 'target', layer: 'network', step: 'sign in' },
  });
  const trace = join(artifacts, reports[0]?.runId ?? '', 'trace.zip');
  expect(findTexts(dirname(trace), ['o_menu', 'button[type=submit]'])).toContain(
    'trace.zip: button[type=submit]',
  );
  const forms = formsOf(await probePassword('north'));
  expect(findTexts(artifacts, forms)).toEqual([]);
  expect(forms.filter((form) => `${stdout}${stderr}`.includes(form))).toEqual([]);
});

it('a process that is killed after the password was typed has written it nowhere', async () => {
  const temp = await ownTemp();
  let child: ChildProcess | undefined;
  const { proxy, staged } = await behind('north', 'after-request', () => child?.kill('SIGKILL'));
  const artifacts = join(staged.folder, 'artifacts');
  const { code } = await staged.run([...LOGIN, '--artifacts', artifacts], {
    env: temp.env,
    onStart: (started) => {
      child = started;
    },
  });
  await proxy.close();
  expect(code).toBeUndefined();
  // What was being written is still there to be searched.
  expect(findTexts(temp.folder, ['button[type=submit]'])).not.toEqual([]);
  expect(findTexts(temp.folder, formsOf(await probePassword('north')))).toEqual([]);
  while (temp.processes().length > 0) await sleep(50);

  // The next browser takes away what the killed one left; a profile without a lock is left after a minute.
  for (const name of await temp.entries()) await utimes(join(temp.folder, name), 0, 0);
  const again = await stage({ tenants: ['north'], tenant: () => BROWSER, limits: LIMITS });
  expect((await again.run([...LOGIN], { env: temp.env })).code).toBe(0);
  expect(await temp.entries()).toEqual([]);
  await temp.remove();
});

it('a password that the login page refuses is ours, and is not tried a third time', async () => {
  // An API key opens XML-RPC and nothing else.
  const file = join(await mkdtemp(join(tmpdir(), 'orderwatch-test-')), 'key');
  await writeFile(file, await apiKey('north'));
  const credentials = { login: 'orderwatch-probe', password: `file:${file}` };
  const { run } = await stage({
    tenants: ['north'],
    tenant: () => ({ ...BROWSER, credentials }),
    limits: LIMITS,
  });
  const codes: (string | undefined)[] = [];
  for (let time = 0; time < 3; time += 1) {
    const { code, reports } = await run([...LOGIN]);
    expect(code).toBe(4);
    const outcome = reports[0]?.outcome;
    codes.push(outcome?.kind === 'inconclusive' ? outcome.failure.code : outcome?.kind);
  }
  await removeApiKeys('north');
  expect(codes).toEqual(['credential.refused', 'credential.refused', 'credential.stopped']);
});

/** A stage behind a proxy; with a mode the sent form is cut off. */
async function behind(
  tenant: LabTenant,
  mode?: CutMode,
  onCut: () => void = () => undefined,
): Promise<{ readonly proxy: CutProxy; readonly staged: Stage }> {
  // The first request of this path loads the form, the second one sends it.
  // For good: Chromium sends a form again by itself when a connection that it used before breaks.
  const cut =
    mode === undefined ? undefined : { call: '/web/login', at: 2, mode, forGood: true, onCut };
  const proxy = await cutProxy(tenantUrl(tenant), cut);
  const staged = await stage({
    tenants: [tenant],
    tenant: () => ({ ...BROWSER, url: proxy.url }),
    limits: LIMITS,
  });
  return { proxy, staged };
}
