import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { emptyHistogram, observe } from '../../../src/analysis/histogram.ts';
import { foldRun } from '../../../src/analysis/sli.ts';
import { catalogue } from '../../../src/surface/catalogue.ts';
import { indicatorSamples } from '../../../src/surface/indicators.ts';
import { metricsPage, type Sample } from '../../../src/surface/metrics.ts';
import { reportOf } from '../../support/unit/reports.ts';

const name = 'north|order-confirmation|rpc';

function samples(): readonly Sample[] {
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

  it('keeps to the budget: at most 80 series for a tenant and scenario, both transports together', () => {
    // The most steps that a scenario of ours has, its set-up included, with every outcome.
    const steps = 13;
    const outcomes = 5;
    const histogram = emptyHistogram.buckets.length + 3;
    const perTransport = outcomes + histogram + steps + 4 + 5;
    expect(2 * perTransport).toBeLessThanOrEqual(80);
  });

  it.runIf(spawnSync('promtool', ['--version']).status === 0)('passes promtool', async () => {
    const { text } = await metricsPage(samples());
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text });
    expect([status, String(stderr)]).toEqual([0, '']);
  });
});
