import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults } from '../faults/all.ts';
import { underFault } from '../faults/play.ts';
import { dropWatcher, makeWatcher } from '../faults/watcher.ts';
import { type Alertmanager, type ShownAlert, startAlertmanager } from '../support/alertmanager.ts';
import { scrape } from '../support/prometheus.ts';
import { type Stage, stage } from '../support/runs.ts';
import { type Served, serve } from '../support/served.ts';

const DSN = 'ORDERWATCH_ALERTS_DSN';
const PATIENT = { timeout: 150_000, interval: 500 };
/** Any second message of one cause would have come by then: rules are evaluated every second. */
const SETTLED_MS = 6_000;

let staged: Stage;
let fleet: Served;
let alertmanager: Alertmanager;

/** A fleet that plays both tenants every ten seconds, under the sample of Alertmanager's routing and our own rules. */
beforeAll(async () => {
  process.env[DSN] = await makeWatcher();
  const routing = await readFile('deploy/alerting/alertmanager.yml', 'utf8');
  alertmanager = await startAlertmanager({ config: routing });
  staged = await stage({
    limits: { run: '14s', compensation: '6s', call: '4s', sweepGrace: '1s' },
    schedules: [{ scenarios: ['order-confirmation'], every: '10s' }],
    databases: { 'lab-pg': { dsn: `env:${DSN}` } },
    fleet: {
      alerting: { alertmanagers: [{ url: alertmanager.url }] },
      objectives: [{ workflow: 'orders', scenarios: ['order-confirmation'], hours: 'always' }],
    },
  });
  fleet = serve(staged.file, staged.state);
});

afterAll(async () => {
  await fleet.end('SIGTERM');
  await alertmanager[Symbol.asyncDispose]();
  await dropWatcher();
  expect((await staged.command('residue', '--now')).stdout).toBe(
    'north: residue none\nsouth: residue none\n',
  );
});

const faultOf = (id: string): (typeof faults)[number] => {
  const fault = faults.find((one) => one.id === id);
  if (fault === undefined) throw new Error(`the kit has no fault ${id}`);
  return fault;
};

/** What wakes somebody, or waits for them. */
async function active(): Promise<readonly ShownAlert[]> {
  return (await alertmanager.alerts()).filter(({ status }) => status.state === 'active');
}

async function passingNow(): Promise<void> {
  const before = fleet.runs().length;
  const last = (): readonly string[] =>
    fleet
      .runs()
      .slice(before)
      .map(({ outcome }) => outcome);
  await expect
    .poll(() => last().filter((one) => one === 'passed').length, PATIENT)
    .toBeGreaterThan(1);
}

interface Told {
  readonly alerts: readonly ShownAlert[];
  readonly text: string;
}

/** Breaks something, waits for the alert, mends it, waits until it is over, and prints both delays. */
async function alertOf(id: string, scope: 'step' | 'platform'): Promise<Told> {
  await passingNow();
  expect(await active()).toEqual([]);
  const began = performance.now();
  const { result: alerts } = await underFault(faultOf(id), async () => {
    // A platform may begin with the first of its tenants.
    const scopes = async (): Promise<readonly unknown[]> =>
      (await active()).map(({ labels }) => labels['scope']);
    await expect.poll(scopes, PATIENT).toEqual([scope]);
    const delay = performance.now() - began;
    await sleep(SETTLED_MS);
    console.log(`${id}: alert after ${Math.round(delay / 1_000)} s`);
    return await active();
  });
  const healed = performance.now();
  await expect.poll(active, PATIENT).toEqual([]);
  console.log(`${id}: resolved after ${Math.round((performance.now() - healed) / 1_000)} s`);
  return { alerts, text: alerts[0]?.annotations['description'] ?? '' };
}

describe('alerts, by a real Prometheus and a real Alertmanager', () => {
  it('are one for what both tenants have in common, and name it', async () => {
    const { alerts, text } = await alertOf('postgres-stopped', 'platform');
    expect(alerts.map(({ labels }) => labels)).toMatchObject([
      { scope: 'platform', severity: 'page', database_host: 'lab-pg', layer: 'database' },
    ]);
    expect(alerts[0]?.labels['tenant']).toBeUndefined();
    expect(text).toContain('Both tenants on lab-pg');
    expect(text).toContain('No recorded change');
  });

  it('are one for a step that a release broke, with its layer, its owner and the release, under our own rules', async () => {
    const rules = (await staged.command('rules')).stdout;
    const to = { rules, alertmanager: alertmanager.url, everySeconds: 1 };
    await using prometheus = await scrape(await fleet.url(), to);
    await staged.command('deployment record', '--version', '19.0.4', '--tenant', 'north');
    const { alerts, text } = await alertOf('sql-too-slow', 'step');
    expect(alerts.map(({ labels }) => labels)).toMatchObject([
      {
        ...{ alertname: 'OrderwatchIncident', severity: 'page', scope: 'step' },
        ...{ tenant: 'north', scenario: 'order-confirmation', step: 'confirm order' },
        ...{ layer: 'database', owner: 'dba', cluster: 'lab', database_host: 'lab-pg' },
      },
    ]);
    expect(alerts[0]?.annotations['suspects']).toContain('19.0.4');
    expect(text).toContain('Order confirmation at north');
    expect(text).toContain('Release 19.0.4 went out');
    const shown = await staged.command('incident list', '--json');
    const { incidents } = JSON.parse(shown.stdout) as { incidents: { id: string }[] };
    expect(incidents).toHaveLength(2);
    const card = await staged.command('incident show', incidents[0]?.id ?? '');
    expect(card.stdout).toMatch(/correlate[\s\S]*deliver/);
    const confirmed = await prometheus.query('orderwatch_confirmations_total');
    expect(confirmed[0]?.value).toBeGreaterThan(0);
  });
});
