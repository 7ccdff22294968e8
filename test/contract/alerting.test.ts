/** What is shipped under deploy/alerting, held against the tools that read it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { runbookOf, runbooks } from '../../src/domain/runbook.ts';
import { startAlertmanager } from '../support/alertmanager.ts';
import { scrape } from '../support/prometheus.ts';
import { REPOSITORY } from '../support/unit/cli.ts';
import { promtool } from '../support/unit/rule-cases.ts';

const ALERTING = `${REPOSITORY}deploy/alerting/`;
const CONFIG = `${ALERTING}alertmanager.yml`;
/** Only a process that hangs takes as long. */
const SLOW = { timeout: 60_000 };

type Labels = Readonly<Record<string, string>>;

/** What it prints; of a mistake also why. */
function amtool(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('amtool', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `exit ${String(status)}: ${stdout}${stderr}`;
}

const incident = (more: Labels): Labels => ({
  alertname: 'OrderwatchIncident',
  incident: '20261123T164000000Z-1',
  severity: 'page',
  scope: 'tenant',
  owner: 'dba',
  layer: 'database',
  kind: 'failures',
  ...more,
});

const budget = (more: Labels = {}): Labels => ({
  alertname: 'OrderwatchBudgetBurn',
  severity: 'page',
  owner: 'erp-support',
  tenant: 'north',
  workflow: 'orders',
  cluster: 'blue',
  database_host: 'pg-3',
  ...more,
});

describe('the sample configurations', SLOW, () => {
  it('are accepted by amtool and promtool', () => {
    expect(amtool('check-config', CONFIG)).toMatch(/SUCCESS\n/);
    expect(promtool('check', 'config', `${ALERTING}prometheus.yml`)).toBe('');
  });

  it.each([
    [incident({}), 'page-dba'],
    [incident({ owner: 'erp-support' }), 'page-erp-support'],
    [incident({ owner: 'platform', scope: 'platform' }), 'page-platform'],
    [incident({ owner: 'integration' }), 'page-integration'],
    [incident({ severity: 'ticket' }), 'ticket-dba'],
    [incident({ severity: 'ticket', owner: 'erp-support' }), 'ticket-erp-support'],
    [incident({ severity: 'ticket', owner: 'platform' }), 'ticket-platform'],
    [incident({ severity: 'ticket', owner: 'integration' }), 'ticket-integration'],
    [incident({ severity: 'info' }), 'info'],
    [budget(), 'page-erp-support'],
    [budget({ severity: 'ticket' }), 'ticket-erp-support'],
    [{ alertname: 'OrderwatchAbsent', severity: 'page', owner: 'platform' }, 'page-platform'],
    [
      { alertname: 'OrderwatchSinkFailing', severity: 'ticket', owner: 'platform' },
      'ticket-platform',
    ],
    [{ alertname: 'SomethingElse' }, 'unrouted'],
  ] as const)('send %j to %s', (labels, receiver) => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const routed = amtool('config', 'routes', 'test', `--config.file=${CONFIG}`, ...pairs);
    expect(routed).toBe(receiver);
  });
});

describe('a real Alertmanager with the sample', SLOW, () => {
  /** Fails unless it comes to tell of the loud ones, and of none that is silent. */
  async function expectTold(loud: readonly Labels[], silent: readonly Labels[]): Promise<void> {
    const witness = { tenant: 'witness', cluster: 'own', database_host: 'own' };
    // It learns what inhibits one by one. Once the last is silent it knows of all before.
    const sent = [...loud, ...silent, incident(witness), budget(witness)];
    await using alertmanager = await startAlertmanager({ config: readFileSync(CONFIG, 'utf8') });
    const annotations = { summary: 'Picking validation at north fails' };
    const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent.map((labels) => ({ labels, annotations }))),
    });
    expect(response.status).toBe(200);
    const told = async (): Promise<unknown> =>
      (await alertmanager.alerts()).map((one) => ({ ...one.labels, state: one.status.state }));
    const expected = [
      ...[...loud, incident(witness)].map((labels) => ({ ...labels, state: 'active' })),
      ...[...silent, budget(witness)].map((labels) => ({ ...labels, state: 'suppressed' })),
    ];
    await expect.poll(told, { timeout: 30_000 }).toEqual(expect.arrayContaining(expected));
    const shown = (await alertmanager.alerts()).map((one) => one.annotations);
    expect(shown).toEqual(sent.map(() => annotations));
  }

  it.each([
    [
      'a tenant',
      incident({ tenant: 'north' }),
      [budget(), budget({ severity: 'ticket' })],
      [budget({ tenant: 'south' })],
    ],
    [
      'a cluster',
      incident({ scope: 'platform', cluster: 'blue' }),
      [budget(), budget({ tenant: 'south' })],
      [budget({ tenant: 'east', cluster: 'green', database_host: 'pg-9' })],
    ],
    [
      'a database host',
      incident({ scope: 'platform', database_host: 'pg-3' }),
      [budget(), budget({ tenant: 'south', cluster: 'green' })],
      [budget({ tenant: 'east', cluster: 'blue', database_host: 'pg-9' })],
    ],
    ['the whole fleet', incident({ scope: 'fleet' }), [budget(), budget({ tenant: 'east' })], []],
    [
      'a tenant, as a ticket only',
      incident({ tenant: 'north', severity: 'ticket' }),
      [budget({ severity: 'ticket', workflow: 'picking' })],
      [budget()],
    ],
    ['a tenant, for information', incident({ tenant: 'north', severity: 'info' }), [], [budget()]],
  ] as const)('tells once of an incident of %s', async (_, source, silent, loud) => {
    await expectTold([source, ...loud], silent);
  });

  it('does not tell of a ticket beside its page', async () => {
    const ticket = budget({ severity: 'ticket' });
    const other = budget({ severity: 'ticket', workflow: 'picking' });
    await expectTold([budget(), other], [ticket]);
  });
});

describe('a real Prometheus with rules', SLOW, () => {
  it('tells the Alertmanager what it finds on a page', async () => {
    await using alertmanager = await startAlertmanager({ config: readFileSync(CONFIG, 'utf8') });
    const page = createServer((_, response) => response.end('orderwatch_reports_waiting 3\n'));
    await once(page.listen(0, '127.0.0.1'), 'listening');
    const { port } = page.address() as AddressInfo;
    const rule = {
      alert: 'Waiting',
      expr: 'orderwatch_reports_waiting > 2',
      labels: { severity: 'info' },
    };
    const rules = stringify({ groups: [{ name: 'own', rules: [rule] }] });
    const options = { rules, alertmanager: alertmanager.url };
    try {
      await using _ = await scrape(`http://127.0.0.1:${port}`, options);
      const shown = async (): Promise<unknown> =>
        (await alertmanager.alerts()).map(({ labels }) => labels);
      const job = { job: 'orderwatch', instance: `127.0.0.1:${port}` };
      const labels = { alertname: 'Waiting', severity: 'info', ...job };
      await expect.poll(shown, { timeout: 45_000 }).toEqual([labels]);
    } finally {
      page.closeAllConnections();
      page.close();
    }
  });
});

describe('the runbooks', () => {
  const text = (name: string): string => readFileSync(`${ALERTING}runbooks/${name}`, 'utf8');

  it('are there for every name, and no others', () => {
    const files = runbooks.map((name) => `${name}.md`).toSorted();
    expect(readdirSync(`${ALERTING}runbooks`).toSorted()).toEqual(files);
    expect(runbookOf('https://wiki.example/runbooks/', 'budget')).toBe(
      'https://wiki.example/runbooks/budget.md',
    );
  });

  it.each(runbooks)(
    '%s.md says what it means, what to look at, whose it is and how it ends',
    (name) => {
      const headings = [...text(`${name}.md`).matchAll(/^## (.+)$/gm)].map(
        ([, heading]) => heading,
      );
      expect(headings).toEqual([
        'What it means',
        'Look at this first',
        'Whose it is',
        'How it ends',
      ]);
      expect(text(`${name}.md`)).toMatch(/orderwatch (?:explain|doctor|incident show|slo|residue)/);
    },
  );

  it('are those that the rules name', () => {
    const rules = readFileSync(`${ALERTING}rules.yml`, 'utf8');
    const named = [...rules.matchAll(/runbook_url: deploy\/alerting\/runbooks\/(\S+)$/gm)].map(
      ([, file]) => file!,
    );
    expect(named.length).toBeGreaterThan(10);
    for (const file of new Set(named)) expect(text(file)).toContain('# ');
  });
});
