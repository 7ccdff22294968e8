import { describe, expect, it } from 'vitest';
import type { GatedSeries, GateResult } from '../../../src/domain/gate.ts';
import { gateSummary } from '../../../src/surface/gate-summary.ts';
import {
  alreadyBroken,
  gatedStep,
  gateResults,
  promoted,
  rolledBack,
} from '../../support/unit/gate-results.ts';
import { expectGolden } from '../../support/unit/golden.ts';

const series = (count: number, change: Partial<GatedSeries> = {}): GateResult['series'] =>
  Array.from({ length: count }, (_, index) => ({
    ...promoted.series[0]!,
    tenant: `tenant-${index}`,
    ...change,
  }));

const chartLines = (text: string): readonly string[] =>
  [...text.matchAll(/```text\n(.*?)```/gs)].flatMap(([, lines = '']) => lines.split('\n'));

describe('the summary of a gate', () => {
  it.each(gateResults)('is as it was read and agreed: %s', (name, result) => {
    expectGolden(`golden/gate/${name}.md`, gateSummary(result));
  });

  it('begins with the verdict, the version and the reason', () => {
    expect(gateSummary(rolledBack).split('\n').slice(0, 3)).toEqual([
      '## ❌ rollback: 2026.11.3 (4f0c2a91b7d6)',
      '',
      rolledBack.verdict.because,
    ]);
  });

  it('says in one line that no latency is known', () => {
    const text = gateSummary(alreadyBroken);
    expect(text).toContain('Whether any step got slower cannot be told yet: north stock');
    expect(text).not.toContain('```');
  });

  it('draws the bars of a chart to one scale, one letter at least', () => {
    const steps = [
      gatedStep('short', { before: 1, after: 1 }, { kind: 'not-worse', ratio: 1, low: 1, high: 1 }),
      gatedStep(
        'long',
        { before: 500, after: 1_000 },
        { kind: 'worse', ratio: 2, low: 1.9, high: 2.2, confidence: 1 },
      ),
    ];
    const lines = chartLines(gateSummary({ ...promoted, series: series(1, { steps }) }));
    const bars = lines.flatMap((line) => /▆+/.exec(line)?.[0].length ?? []);
    expect(bars).toEqual([1, 1, 14, 27]);
    expect(lines).toContain('long: 2.0x slower (1.9 to 2.2), over 99.9 % sure');
  });

  it('keeps the lines of a chart within 78 letters, and says where nothing was measured', () => {
    const long = gatedStep(
      'a step with a very long name '.repeat(5),
      { after: 3_599_000 },
      { kind: 'not-worse', ratio: 1, low: 1, high: 1 },
    );
    const lines = chartLines(gateSummary({ ...promoted, series: series(1, { steps: [long] }) }));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(lines.some((line) => line.endsWith('no run to measure'))).toBe(true);
  });

  it('folds long lists', () => {
    const text = gateSummary({ ...promoted, series: series(20) });
    expect(text).toContain('<details><summary>5 more</summary>\n\n| tenant |');
    expect(text).toContain('<details><summary>17 more</summary>');
    expect(text.match(/<details>/g)).toHaveLength(2);
    expect(text.match(/<\/details>\n\n/g)).toHaveLength(2);
  });

  it('shows first what is in the way', () => {
    const all = series(20);
    const because = 'it failed';
    const findings = [
      { code: 'failure', says: 'rollback', because, tenant: 'tenant-19', runs: [] },
    ] as const;
    const text = gateSummary({ ...promoted, series: all, findings });
    expect(text.indexOf('| tenant-19 |')).toBeLessThan(text.indexOf('| tenant-0 |'));
  });

  it('has an end, and says what was left out', () => {
    const text = gateSummary({ ...promoted, series: series(400) });
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(/_Left out, for a summary has an end: \d+ charts\._\n$/);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  it('leaves out whole findings, and everything after them, before it is too long', () => {
    const one = { ...rolledBack.findings[0]!, because: '|'.repeat(600) };
    const text = gateSummary({ ...rolledBack, findings: Array.from({ length: 100 }, () => one) });
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(/: \d+ findings/);
  });
});
