import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { labPaths } from '../../deploy/lab/faults.ts';
import { faults } from '../faults/all.ts';
import { underFault } from '../faults/play.ts';
import { faultProxy } from '../faults/proxy.ts';
import { playGate } from '../support/gates.ts';
import { type ConfigChange, tenantUrl } from '../support/lab.ts';
import { type Stage, stage } from '../support/runs.ts';
import { serve } from '../support/served.ts';

const ORDER = ['--scenario', 'order-confirmation'] as const;
const ONCE = [...ORDER, '--runs', '1'] as const;
const north = (change: ConfigChange = {}): Promise<Stage> =>
  stage({ tenants: ['north'], ...change });

afterAll(async () => {
  const { command } = await stage();
  expect((await command('residue', '--now')).stdout).toBe(
    'north: residue none\nsouth: residue none\n',
  );
});

describe('a gate on a tenant that works', () => {
  it('promotes with evidence, keeps it, and compares the next release with it', async () => {
    const staged = await north();
    const files = ['junit', 'summary'].flatMap((name) => [`--${name}`, join(staged.folder, name)]);
    const first = await playGate(staged, [
      '--runs',
      '1',
      '--version',
      '1',
      '--commit',
      'c0ffee',
      ...files,
    ]);
    expect(first.verdict).toBe('promote sound');
    expect(first.code).toBe(0);
    const series = first.result?.series ?? [];
    // What nobody can do without is told first.
    expect(series[0]).toMatchObject({ scenario: 'order-confirmation', after: { passed: 1 } });
    expect(series.every(({ skipped }) => skipped === undefined)).toBe(true);
    expect(await readFile(join(staged.folder, 'junit'), 'utf8')).toContain('name="confirm order"');
    expect(await readFile(join(staged.folder, 'summary'), 'utf8')).toContain('promote');

    const second = await playGate(staged, [...ONCE, '--version', '2']);
    expect(second.result?.series[0]?.before).toEqual({ passed: 1, failed: 0 });
    const [step] = second.result?.series[0]?.steps ?? [];
    expect(step).toMatchObject({
      step: 'create quotation',
      before: { runs: 1 },
      after: { runs: 1 },
    });
    expect(step?.latency.kind).toBe('not-enough-data');

    const list = await staged.command('gate list');
    expect(list.stdout).toContain(second.result?.gateId);
    const shown = await staged.command('gate show', first.result?.gateId ?? '', '--json');
    // Of what passed nothing has to be explained later.
    expect(JSON.parse(shown.stdout)).toEqual({ ...first.result, runs: [] });
    const deployments = await staged.command('deployment list');
    expect(deployments.stdout).toMatch(/promote/);
    expect(deployments.stdout).toContain('c0ffee');
    expect((await staged.command('gate show', '20260101T000000000Z-1')).code).toBe(3);
  });

  it('never promotes when nothing ran', async () => {
    const staged = await north({ tenant: () => ({ consent: { level: 'read-only' } }) });
    const { verdict, code } = await playGate(staged, ONCE);
    expect(verdict).toBe('inconclusive nothing-ran');
    expect(code).toBe(3);
  });

  it('is out of time in time, and undoes what it made', async () => {
    const staged = await north({ limits: { run: '30s', compensation: '4s' } });
    const began = Date.now();
    const { verdict, code } = await playGate(staged, ['--runs', '200', '--timeout', '14s']);
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(verdict).toBe('inconclusive timed-out');
    expect(code).toBe(5);
    expect((await staged.command('residue', '--now')).stdout).toBe('north: residue none\n');
  });

  it('compares with another tenant that plays the same at the same time', async () => {
    const staged = await stage();
    const args = ['--tenant', 'north', '--against', 'tenant:south', '--runs', '2', ...ORDER];
    const { verdict, result } = await playGate(staged, args);
    expect(verdict).toBe('promote sound');
    expect(result?.tenants).toEqual(['north']);
    expect(result?.series[0]).toMatchObject({ tenant: 'north', before: { passed: 2 } });
    expect(result?.runs.map(({ tenant }) => tenant)).toEqual(['south', 'north', 'south', 'north']);
  });
});

describe('a gate on a release that is bad', () => {
  it('rolls back what nobody can reach, and holds what was so before', async () => {
    const proxy = await faultProxy(tenantUrl('north'));
    const staged = await north({
      limits: { run: '20s', compensation: '4s', call: '5s' },
      tenant: () => ({ url: proxy.url }),
    });
    try {
      expect((await playGate(staged, [...ONCE, '--version', '1'])).verdict).toBe('promote sound');
      proxy.turn({ kind: 'reset' });
      const bad = await playGate(staged, [...ONCE, '--version', '2']);
      expect(bad.verdict).toBe('rollback failure');
      expect(bad.code).toBe(1);
      expect(bad.result?.runs.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'failed']);
      // Tried again without anything new, it is as bad as before: its own runs are no past.
      expect((await playGate(staged, [...ONCE, '--version', '2'])).verdict).toBe(
        'rollback failure',
      );
      // It was rolled back, which mended nothing.
      await staged.command('deployment record', '--version', '1');
      expect((await staged.run()).reports[0]?.outcome.kind).toBe('failed');
      const next = [...ONCE, '--version', '3'];
      const held = await playGate(staged, next);
      expect(held.verdict).toBe('hold already-broken');
      expect(held.code).toBe(6);
      expect((await playGate(staged, [...next, '--hold', 'pass'])).code).toBe(0);
      expect((await playGate(staged, [...next, '--hold', 'fail'])).code).toBe(1);
    } finally {
      await proxy.close();
    }
  });

  it('rolls back a capability that was lost, told from a file of reports alone', async () => {
    const fault = faults.find(({ id }) => id === 'right-removed');
    if (fault === undefined) throw new Error('the kit has no such fault');
    const before = await north();
    const { stdout } = await before.run();
    const file = join(before.folder, 'before.json');
    await writeFile(file, stdout);
    const { result: played, residue } = await underFault(fault, async () =>
      playGate(await north(), [...ONCE, '--against', `file:${file}`]),
    );
    expect(played.verdict).toBe('rollback lost-capability');
    expect(played.result?.series[0]?.before).toEqual({ passed: 1, failed: 0 });
    expect(residue).toBe('');
  });
});

describe('a gate beside the fleet', () => {
  it('knows what the fleet played, goes before its probes, and leaves no slot without account', async () => {
    // However quick the machine is, a dozen runs take longer than from one slot to the next.
    const way = { kind: 'through', before: () => sleep(60) } as const;
    const proxy = await faultProxy(tenantUrl('north'), { way });
    await using _ = { [Symbol.asyncDispose]: proxy.close };
    const staged = await north({
      tenant: () => ({ url: proxy.url }),
      redis: `unix:${labPaths().redisSocket}`,
      name: `gate-${process.pid}`,
      limits: { run: '20s', compensation: '10s', call: '10s', sweepGrace: '1s' },
      schedules: [{ scenarios: ['order-confirmation'], every: '10s' }],
    });
    await using fleet = serve(staged.file, staged.state);
    await expect.poll(() => fleet.runs().length, SOON).toBeGreaterThanOrEqual(2);
    await staged.command('deployment record', '--version', '5');
    const gated = await playGate(staged, [...ORDER, '--runs', '12', '--version', '5']);
    expect(gated.verdict).toBe('promote sound');
    expect(gated.result?.series[0]?.before.passed).toBeGreaterThanOrEqual(1);
    const [from = '', to = ''] = [gated.result?.runs[0]?.startedAt, gated.result?.finishedAt];
    const lasted = Date.parse(to) - Date.parse(from);
    expect(lasted, 'a slot was due meanwhile').toBeGreaterThan(10_000);
    const later = (): number => fleet.runs().filter(({ startedAt }) => startedAt > to).length;
    await expect.poll(later, SOON).toBeGreaterThanOrEqual(1);
    expect(fleet.runs().filter(({ startedAt }) => startedAt > from && startedAt < to)).toEqual([]);
    expect(await fleet.end('SIGTERM')).toBe(0);
    const ledger = await staged.command('ledger');
    expect(ledger.stdout).toContain('no hole');
  });
});

const SOON = { timeout: 60_000, interval: 200 };
