import { describe, expect, it } from 'vitest';
import { emptyHistogram, observe } from '../../../src/analysis/histogram.ts';
import { standingOf } from '../../../src/analysis/objectives.ts';
import { foldRun, type RunSeries } from '../../../src/analysis/sli.ts';
import type { Objective } from '../../../src/domain/objective.ts';
import type { RunReport } from '../../../src/domain/report.ts';
import { catalogue } from '../../../src/surface/catalogue.ts';
import { indicatorSamples, tenantSamples } from '../../../src/surface/indicators.ts';
import { metricsPage, type Sample } from '../../../src/surface/metrics.ts';
import { objectiveSamples } from '../../../src/surface/objectives.ts';
import { ownSamples } from '../../../src/surface/own.ts';
import { tenantOf } from '../../support/unit/engine.ts';
import { expectGolden } from '../../support/unit/golden.ts';
import { reportOf } from '../../support/unit/reports.ts';

const name = 'north|order-confirmation|rpc';

function samples(): Iterable<Sample> {
  const failure = { code: 'a.b', blame: 'target', layer: 'database', message: 'no' } as const;
  const passed = foldRun(undefined, reportOf(), 12);
  const both = foldRun(passed, reportOf({ outcome: { kind: 'failed', failure } }), 12);
  return indicatorSamples({
    runs: new Map([[name, both]]),
    steps: new Map([['order-confirmation|confirm order|rpc', observe(emptyHistogram, 0.34)]]),
    slots: new Map([[name, { v: 1, planned: 4, started: 2, missed: 1, skipped: 1 }]]),
  });
}

describe('the metrics page', () => {
  it('holds the families of the catalogue in its order, each with its help and type', async () => {
    const { text, contentType } = await metricsPage(samples());
    expect(contentType).toContain('text/plain');
    const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, family]) => family);
    expect(families).toEqual(Object.keys(catalogue).filter((one) => families.includes(one)));
    expect(text).toContain(
      'orderwatch_runs_total{tenant="north",scenario="order-confirmation",transport="rpc",outcome="failed",blame="target"} 1\n',
    );
    expect(text).toContain(
      'orderwatch_run_duration_seconds_bucket{tenant="north",scenario="order-confirmation",transport="rpc",le="2.5"} 2\n',
    );
    expect(text).toContain('le="+Inf"} 2\n');
    expect(text).toContain(
      'orderwatch_slots_total{tenant="north",scenario="order-confirmation",transport="rpc",state="missed"} 1\n',
    );
  });

  it('is empty without samples, and refuses a label that the catalogue does not name', async () => {
    expect((await metricsPage([])).text.trim()).toBe('');
    const stray = { name: 'probe_success', labels: { order: 'S00001' }, value: 1 } as const;
    await expect(metricsPage([stray])).rejects.toThrow('probe_success has no label order');
  });

  it('escapes what a label may hold', async () => {
    const labels = { tenant: 'a"b\\c\nd', scenario: 's', transport: 'rpc' };
    const { text } = await metricsPage([{ name: 'probe_success', labels, value: 1 }]);
    expect(text).toContain('tenant="a\\"b\\\\c\\nd"');
  });

  it('keeps to the budget: at most 80 series for a tenant and scenario, both transports together', async () => {
    // As many steps as the longest scenario is meant to have, its set-up included.
    const step = reportOf().steps[0]!;
    const steps = Array.from({ length: 13 }, (_, n) => ({ ...step, name: `step ${n}` }));
    const trouble = (blame: 'target' | 'fleet' | 'scenario') =>
      ({ code: 'a.b', blame, layer: 'database', message: 'no' }) as const;
    const outcomes = [
      { kind: 'passed' },
      { kind: 'skipped', reason: 'none' },
      { kind: 'failed', failure: trouble('target') },
      { kind: 'inconclusive', failure: trouble('fleet') },
      { kind: 'inconclusive', failure: trouble('scenario') },
    ] as unknown as readonly RunReport['outcome'][];
    const series = outcomes.reduce<RunSeries | undefined>(
      (before, outcome) => foldRun(before, reportOf({ steps, outcome }), 12),
      undefined,
    )!;
    const slots = { v: 1, planned: 4, started: 2, missed: 1, skipped: 1 } as const;
    const both = ['rpc', 'browser'].map((transport) => `north|order-confirmation|${transport}`);
    const { text } = await metricsPage(
      indicatorSamples({
        runs: new Map(both.map((one) => [one, series])),
        steps: new Map(),
        slots: new Map(both.map((one) => [one, slots])),
      }),
    );
    const lines = text.split('\n').filter((line) => line.includes('tenant="north"'));
    expect(lines.length).toBeGreaterThan(60);
    expect(lines.length).toBeLessThanOrEqual(80);
  });

  it('says how objectives are kept, in ten series for each, and not what is unknown', async () => {
    const objective: Objective = {
      workflow: 'warehouse',
      scenarios: ['stock-reservation'],
      transports: ['rpc'],
      target: 0.999,
      hours: 'business',
      level: 'critical',
      windowMs: 86_400_000,
    };
    const counts = {
      ms: { good: 59_500, bad: 500, unknown: 0, maintenance: 0 },
      runs: { good: 12, bad: 1 },
    };
    const sums = { good: 89_920, bad: 70, slow: 10, unknown: 0, maintenance: 60 };
    const shown = { tenant: 'north', objective, counts };
    const { text } = await metricsPage(
      objectiveSamples([{ ...shown, standing: standingOf(sums, 0.999) }]),
    );
    expect(text.split('\n').filter((line) => line.includes('tenant="north"'))).toHaveLength(10);
    const labels = 'tenant="north",workflow="warehouse"';
    for (const line of [
      `orderwatch_objective_target_ratio{${labels},level="critical"} 0.999`,
      `orderwatch_objective_seconds_total{${labels},state="bad"} 0.5`,
      `orderwatch_objective_runs_total{${labels},result="good"} 12`,
      `orderwatch_objective_downtime_seconds{${labels}} 80`,
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).toMatch(/availability_ratio\{[^}]+\} 0\.99911/);
    expect(text).toMatch(/budget_left_ratio\{[^}]+\} 0\.11/);
    const thin = standingOf({ ...sums, unknown: 90_000 }, 0.999);
    const unknown = await metricsPage(objectiveSamples([{ ...shown, standing: thin }]));
    expect(unknown.text).not.toMatch(/availability|budget/);
    const nothing = objectiveSamples([{ ...shown, counts: undefined, standing: undefined }]);
    expect([...nothing].map(({ name: metric }) => metric)).toEqual([
      'orderwatch_objective_target_ratio',
    ]);
  });

  it('is a contract: names, types, helps and labels', () => {
    const rows = Object.entries(catalogue).map(
      ([metric, { type, labels, help }]) => `${metric} ${type} {${labels.join(', ')}}\n  ${help}`,
    );
    expectGolden('golden/metrics.txt', `${rows.join('\n')}\n`);
  });

  it('shows what a process knows of itself, and what stands in the queue', async () => {
    const lag = observe(emptyHistogram, 0.2);
    const places = [{ transport: 'rpc', places: 16, playing: 3, waiting: 20 }] as const;
    const worker = { lag, leases: 2, browsers: 1, contexts: 2, waiting: 3, places };
    const queue = { active: 2, waiting: 5, delayed: 40, dueSoon: 4 };
    const { text } = await metricsPage(ownSamples({ worker, queue }));
    expect(text).toContain('orderwatch_schedule_lag_seconds_bucket{le="0.25"} 1\n');
    expect(text).toContain('orderwatch_needed_slots 11\n');
    expect(text).toContain('orderwatch_queue_jobs{state="delayed"} 40\n');
    expect(text).toContain('orderwatch_browser_contexts 2\n');
    expect(text).toContain('orderwatch_worker_places{transport="rpc"} 16\n');
    expect(text).toContain('orderwatch_worker_runs{transport="rpc",state="playing"} 3\n');
    expect(text).toContain('orderwatch_worker_runs{transport="rpc",state="waiting"} 20\n');
    expect(ownSamples({})).toEqual([]);
  });

  it('says what a tenant is, and what is open in it once somebody has looked', async () => {
    const tenant = tenantOf();
    const unseen = await metricsPage(tenantSamples(tenant, undefined));
    expect(unseen.text).toContain(
      'orderwatch_tenant_info{tenant="north",cluster="a",database_host="b",tier="99.9",odoo_version="unknown"} 1\n',
    );
    expect(unseen.text).not.toContain('orderwatch_residue_documents');
    const sighting = { residue: 2, imbalances: 1, odooVersion: '19.0' };
    const seen = await metricsPage(tenantSamples(tenant, sighting));
    expect(seen.text).toContain('odoo_version="19.0"} 1\n');
    expect(seen.text).toContain('orderwatch_residue_documents{tenant="north"} 2\n');
    expect(seen.text).toContain('orderwatch_residue_imbalances{tenant="north"} 1\n');
    expect(seen.text).not.toMatch(/expiry|lag|free|skew/);
  });

  it('says in base units what will be trouble one day, and has no series of what is not known', async () => {
    const warnings = {
      certificateExpiresMs: 1_800_000_000_000,
      apiKeyExpiresMs: 1_790_000_000_500,
      scheduledActionLagMs: 0,
      clockSkewMs: -250,
      freeUnits: 940,
    };
    const all = tenantSamples(tenantOf(), { residue: 0, imbalances: 0, ...warnings });
    const { text } = await metricsPage(all);
    for (const line of [
      'orderwatch_certificate_expiry_timestamp_seconds{tenant="north"} 1800000000',
      'orderwatch_api_key_expiry_timestamp_seconds{tenant="north"} 1790000000.5',
      'orderwatch_scheduled_action_lag_seconds{tenant="north"} 0',
      'orderwatch_free_stock_units{tenant="north"} 940',
      'orderwatch_clock_skew_seconds{tenant="north"} -0.25',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    const some = tenantSamples(tenantOf(), { residue: 0, imbalances: 0, freeUnits: 5 });
    expect(some.map(({ name: metric }) => metric)).toHaveLength(4);
  });
});
